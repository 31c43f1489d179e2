//! The Google Cloud part of the day.

use serde_json::{Value, json};

use super::{Container, Expected, Scenario};
use crate::telemetry::{
    Record,
    gcp::{self, Call, Caller, Failure},
};

const PROJECT: &str = "example-analytics";
const GCLOUD: &str = "google-cloud-sdk gcloud/513.0.0 command/gcloud.compute.instances.create invocation-id/6f1d environment/None environment-version/None client-os/LINUX client-os-ver/6.8.0 client-pltf-arch/x86_64 interactive/True from-script/False python/3.12.8 term/xterm-256color,gzip(gfe)";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36,gzip(gfe)";

fn caller(email: &str, address: &str, agent: &str) -> Caller {
    Caller { email: email.to_owned(), address: address.to_owned(), agent: agent.to_owned() }
}

fn insert<'a>(method: &'a str, zone: &'a str, resource: &'a str, machine: &str) -> Call<'a> {
    let request = json!({
        "name": resource.rsplit('/').next(),
        "machineType": format!("projects/{PROJECT}/zones/{zone}/machineTypes/{machine}"),
        "disks": [{
            "type": "PERSISTENT", "boot": true, "autoDelete": true,
            "initializeParams": {"sourceImage": "projects/debian-cloud/global/images/family/debian-12"}
        }],
        "networkInterfaces": [{"network": format!("projects/{PROJECT}/global/networks/default")}],
        "canIpForward": false,
        "deletionProtection": false
    });
    Call {
        method,
        permission: "compute.instances.create",
        project: PROJECT,
        zone,
        resource,
        kind: "gce_instance",
        request,
    }
}

impl Scenario {
    fn expect(&mut self, caller: &Caller, records: &[Record], alert: (&'static str, &'static str)) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut event_ids: Vec<String> =
            records.iter().filter_map(|record| text(&record.body["insertId"])).collect();
        event_ids.extend(records.first().and_then(|record| text(&record.body["operation"]["id"])));
        self.expected.push(Expected {
            detection: alert.0,
            what: alert.1,
            provider: "gcp",
            actor: caller.email.clone(),
            source_ip: caller.address.clone(),
            account: PROJECT.to_owned(),
            event_ids,
        });
    }

    /// A long-running operation; its second entry may be delivered elsewhere.
    fn insert(
        &mut self,
        (first, last): (&Container, &Container),
        caller: &Caller,
        (minutes, call, failure): (i64, &Call<'_>, Option<Failure>),
        alert: Option<(&'static str, &'static str)>,
    ) {
        let time = self.at(minutes);
        let records = gcp::operation(&mut self.random, caller, call, time, failure);
        if let Some(alert) = alert {
            self.expect(caller, &records, alert);
        }
        for (container, record) in [first, last].into_iter().zip(records) {
            self.put(container, [record]);
        }
    }
}

/// Adds all Google Cloud records.
pub fn add(scenario: &mut Scenario) {
    launches(scenario);
    groups(scenario);
    refused(scenario);
    noise(scenario);
}

fn launches(scenario: &mut Scenario) {
    let sink = (&Container::Sink, &Container::Sink);
    let heidi = caller("heidi@example.com", "198.51.100.140", GCLOUD);
    let call = insert("v1.compute.instances.insert", "europe-west1-b", "instances/etl-7", "e2-standard-4");
    scenario.insert(
        sink,
        &heidi,
        (550, &call, None),
        Some(("launch", "a user creates an instance by gcloud")),
    );

    let ivan = caller("ivan@example.com", "203.0.113.201", BROWSER);
    let call =
        insert("beta.compute.instances.insert", "us-central1-a", "instances/instance-1", "a2-highgpu-8g");
    scenario.insert(
        sink,
        &ivan,
        (672, &call, None),
        Some(("launch", "a user creates a GPU instance in the console (beta method)")),
    );

    let account = caller(
        "deploy@example-analytics.iam.gserviceaccount.com",
        "192.0.2.66",
        "google-api-go-client/0.5 Terraform/1.11.2,gzip(gfe)",
    );
    let mut call = insert("v1.compute.instances.bulkInsert", "us-central1-c", "instances", "n2-standard-8");
    call.request = json!({"count": "20", "namePattern": "worker-##", "instanceProperties": {"machineType": "n2-standard-8"}});
    scenario.insert(
        (&Container::PubSub, &Container::PubSub),
        &account,
        (760, &call, None),
        Some(("launch", "a service account creates twenty at once")),
    );

    let judy = caller("judy@example.com", "198.51.100.141", GCLOUD);
    let call = insert("v1.compute.instances.insert", "europe-west1-c", "instances/etl-8", "e2-standard-4");
    let split = (&Container::Sink, &Container::PubSub);
    scenario.insert(
        split,
        &judy,
        (806, &call, None),
        Some(("launch", "an instance whose two entries come by different ways")),
    );
}

/// A managed instance group and the instance that Google makes for it.
fn groups(scenario: &mut Scenario) {
    let sink = (&Container::Sink, &Container::Sink);
    let judy = caller("judy@example.com", "198.51.100.141", BROWSER);
    let call = Call {
        method: "v1.compute.instanceGroupManagers.insert",
        permission: "compute.instanceGroupManagers.create",
        project: PROJECT,
        zone: "europe-west1-b",
        resource: "instanceGroupManagers/web",
        kind: "gce_instance_group_manager",
        request: json!({
            "name": "web", "baseInstanceName": "web", "targetSize": 2,
            "instanceTemplate": format!("projects/{PROJECT}/global/instanceTemplates/web")
        }),
    };
    scenario.insert(
        sink,
        &judy,
        (820, &call, None),
        Some(("launch", "a user creates a managed instance group")),
    );
    let agent = caller(
        "100000000001@cloudservices.gserviceaccount.com",
        "private",
        "GCE Managed Instance Group for Google Compute Engine",
    );
    let call = insert("v1.compute.instances.insert", "europe-west1-b", "instances/web-x7k2", "e2-small");
    scenario.insert(sink, &agent, (821, &call, None), None);
    scenario.silent("gcp", "instances that a managed instance group makes, by Google's service agent");
}

fn refused(scenario: &mut Scenario) {
    let mallory = caller("mallory@example.com", "203.0.113.199", "python-requests/2.32.3,gzip(gfe)");
    let call = insert("v1.compute.instances.insert", "asia-east1-a", "instances/x1", "n2-standard-32");
    let time = scenario.at(648);
    let denied = (
        7,
        "Required 'compute.instances.create' permission for 'projects/example-analytics/zones/asia-east1-a/instances/x1'",
    );
    let record = gcp::single(&mut scenario.random, &mallory, &call, time, Some(denied));
    scenario.expect(
        &mallory,
        std::slice::from_ref(&record),
        ("refused", "a user without the permission tries to create an instance"),
    );
    scenario.put(&Container::Sink, [record]);
    let ivan = caller("ivan@example.com", "203.0.113.201", BROWSER);
    let call =
        insert("beta.compute.instances.insert", "us-central1-a", "instances/instance-2", "a2-highgpu-8g");
    let exhausted = (8, "ZONE_RESOURCE_POOL_EXHAUSTED");
    let sink = (&Container::Sink, &Container::Sink);
    scenario.insert(
        sink,
        &ivan,
        (676, &call, Some(exhausted)),
        Some(("refused", "an instance that is accepted first and fails later")),
    );
}

fn noise(scenario: &mut Scenario) {
    const CALLS: &[(&str, &str, &str)] = &[
        ("v1.compute.instances.setMetadata", "compute.instances.setMetadata", "instances/etl-1"),
        ("v1.compute.instances.stop", "compute.instances.stop", "instances/etl-2"),
        ("v1.compute.instances.start", "compute.instances.start", "instances/etl-2"),
        ("v1.compute.disks.createSnapshot", "compute.disks.createSnapshot", "disks/etl-1"),
        ("v1.compute.firewalls.patch", "compute.firewalls.update", "firewalls/web"),
        ("v1.compute.instances.delete", "compute.instances.delete", "instances/etl-0"),
        ("v1.compute.instances.setLabels", "compute.instances.setLabels", "instances/etl-3"),
    ];
    let callers = [
        caller("heidi@example.com", "198.51.100.140", GCLOUD),
        caller("judy@example.com", "198.51.100.141", BROWSER),
        caller(
            "monitor@example-analytics.iam.gserviceaccount.com",
            "192.0.2.67",
            "google-cloud-python/3.1,gzip(gfe)",
        ),
    ];
    for index in 0..24_i64 {
        let (method, permission, resource) = *scenario.random.pick(CALLS);
        let caller = scenario.random.pick(&callers).clone();
        let call = Call {
            method,
            permission,
            resource,
            project: PROJECT,
            zone: "europe-west1-b",
            kind: "gce_instance",
            request: json!({}),
        };
        let failure = (index % 11 == 3).then_some((7, "Permission denied"));
        let time = scenario.at(425 + index * 22);
        let record = gcp::single(&mut scenario.random, &caller, &call, time, failure);
        let container = if index % 4 == 0 { Container::PubSub } else { Container::Sink };
        scenario.put(&container, [record]);
    }
    scenario.silent("gcp", "stops, starts, deletions, snapshots, metadata and firewall changes");
}
