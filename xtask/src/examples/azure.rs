//! The Azure part of the day.

use jiff::Timestamp;
use serde_json::Value;

use super::{Container, Expected, Scenario};
use crate::telemetry::azure::{Caller, End, Operation, exported, listed};

const SUBSCRIPTION: &str = "5ab1e000-0000-4000-8000-00000000a001";
const TENANT: &str = "7e4a47e0-0000-4000-8000-00000000b001";
const MACHINE: &str = "Microsoft.Compute/virtualMachines/write";
const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets/write";

fn person(name: &str, address: &str) -> Caller {
    caller(&format!("{name}@example.com"), address, true)
}

fn caller(name: &str, address: &str, is_user: bool) -> Caller {
    let mut hash = 0_u64;
    for byte in name.bytes() {
        hash = hash.wrapping_mul(131).wrapping_add(u64::from(byte));
    }
    Caller {
        name: name.to_owned(),
        object: format!("0b1ec700-0000-4000-8000-{:012x}", hash & 0xFFFF_FFFF_FFFF),
        is_user,
        address: address.to_owned(),
        tenant: TENANT.to_owned(),
    }
}

fn resource(group: &str, name: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{name}")
}

fn machine(group: &str, name: &str) -> String {
    resource(group, &format!("Microsoft.Compute/virtualMachines/{name}"))
}

fn storage() -> Container {
    Container::Storage { subscription: SUBSCRIPTION.to_owned() }
}

impl Scenario {
    fn operate(
        &mut self,
        container: &Container,
        caller: &Caller,
        operation: &Operation<'_>,
        (time, end): (Timestamp, End),
        alert: Option<(&'static str, &'static str)>,
    ) {
        let rest = *container == Container::ActivityList;
        let records = if rest {
            listed(&mut self.random, caller, operation, time, end)
        } else {
            exported(&mut self.random, caller, operation, time, end)
        };
        if let Some((detection, what)) = alert {
            let event = |body: &Value| body["eventDataId"].as_str().map(str::to_owned);
            let mut event_ids: Vec<String> =
                records.iter().filter_map(|record| event(&record.body)).collect();
            event_ids.push(operation.correlation.clone());
            self.expected.push(Expected {
                detection,
                what,
                provider: "azure",
                actor: caller.name.clone(),
                source_ip: caller.address.clone(),
                account: SUBSCRIPTION.to_owned(),
                event_ids,
            });
        }
        self.put(container, records);
    }

    fn operation<'a>(&mut self, name: &'a str, resource: String, body: &str) -> Operation<'a> {
        let correlation = self.random.uuid();
        Operation { name, resource, location: "westeurope", correlation, request_body: body.to_owned() }
    }
}

/// Adds all Azure records.
pub fn add(scenario: &mut Scenario) {
    launches(scenario);
    deployment(scenario);
    refused(scenario);
    silent(scenario);
    noise(scenario);
}

fn size(name: &str) -> String {
    format!(r#"{{"location":"westeurope","properties":{{"hardwareProfile":{{"vmSize":"{name}"}}}}}}"#)
}

fn launches(scenario: &mut Scenario) {
    let dave = person("dave", "198.51.100.52");
    let operation = scenario.operation(MACHINE, machine("rg-web", "web-04"), &size("Standard_B2s"));
    let when = (scenario.at(555), End::Succeeded);
    scenario.operate(
        &storage(),
        &dave,
        &operation,
        when,
        Some(("launch", "a user creates a virtual machine (storage export)")),
    );

    let principal = caller("3f9c1a77-0000-4000-8000-00000000c0de", "203.0.113.88", false);
    let operation =
        scenario.operation(MACHINE, machine("rg-batch", "miner-1"), &size("Standard_NC24ads_A100_v4"));
    let when = (scenario.at(617), End::Succeeded);
    scenario.operate(
        &Container::EventHub,
        &principal,
        &operation,
        when,
        Some(("launch", "a service principal creates a GPU machine (Event Hub)")),
    );

    let name = resource("rg-batch", "Microsoft.Compute/virtualMachineScaleSets/workers");
    let operation = scenario.operation(SCALE_SET, name, &size("Standard_D4s_v5"));
    let when = (scenario.at(626), End::Succeeded);
    scenario.operate(
        &Container::EventHub,
        &principal,
        &operation,
        when,
        Some(("launch", "the same creates a scale set (Event Hub)")),
    );

    let frank = person("frank", "203.0.113.121");
    let operation = scenario.operation(MACHINE, machine("rg-test", "jump-1"), "");
    let when = (scenario.at(744), End::Succeeded);
    scenario.operate(
        &Container::ActivityList,
        &frank,
        &operation,
        when,
        Some(("launch", "a user creates a virtual machine (az monitor activity-log list)")),
    );
}

/// Two machines of one template deployment share a correlation id.
fn deployment(scenario: &mut Scenario) {
    let grace = person("grace", "198.51.100.75");
    let name = resource("rg-shop", "Microsoft.Resources/deployments/shop-20260310");
    let whole = scenario.operation("Microsoft.Resources/deployments/write", name, "");
    let when = (scenario.at(690), End::Succeeded);
    scenario.operate(&storage(), &grace, &whole, when, None);
    for (index, (name, what)) in [
        ("shop-1", "a template deployment creates a machine"),
        ("shop-2", "the same deployment creates another"),
    ]
    .into_iter()
    .enumerate()
    {
        let operation = Operation {
            name: MACHINE,
            resource: machine("rg-shop", name),
            request_body: size("Standard_D2s_v5"),
            ..whole.clone()
        };
        let when = (
            crate::telemetry::after(scenario.at(690), 4_000 + 700 * i64::try_from(index).unwrap_or(0)),
            End::Succeeded,
        );
        scenario.operate(&storage(), &grace, &operation, when, Some(("launch", what)));
    }
}

fn refused(scenario: &mut Scenario) {
    let principal = caller("3f9c1a77-0000-4000-8000-00000000c0de", "203.0.113.88", false);
    let operation = scenario.operation(MACHINE, machine("rg-batch", "miner-2"), &size("Standard_ND96asr_v4"));
    let when = (scenario.at(630), End::Failed("Conflict"));
    scenario.operate(
        &Container::EventHub,
        &principal,
        &operation,
        when,
        Some(("refused", "a virtual machine beyond the quota")),
    );
    let frank = person("frank", "203.0.113.121");
    let operation = scenario.operation(MACHINE, machine("rg-prod", "jump-2"), "");
    let when = (scenario.at(748), End::Failed("Forbidden"));
    scenario.operate(
        &Container::ActivityList,
        &frank,
        &operation,
        when,
        Some(("refused", "a virtual machine forbidden by policy")),
    );
}

fn silent(scenario: &mut Scenario) {
    let dave = person("dave", "198.51.100.52");
    let operation = scenario.operation(MACHINE, machine("rg-web", "web-05"), &size("Standard_B2s"));
    let when = (scenario.at(842), End::Started);
    scenario.operate(&storage(), &dave, &operation, when, None);
    scenario.silent("azure", "a virtual machine write that was only started");
    let disk = resource("rg-web", "Microsoft.Compute/snapshots/web-04-os");
    let operation = scenario.operation("Microsoft.Compute/snapshots/write", disk, "");
    let when = (scenario.at(571), End::Succeeded);
    scenario.operate(&storage(), &dave, &operation, when, None);
    scenario
        .silent("azure", "snapshots, deallocations, extensions, key listings, role assignments, deployments");
}

fn noise(scenario: &mut Scenario) {
    const OPERATIONS: &[(&str, &str)] = &[
        (
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Storage/storageAccounts/exampledata",
        ),
        ("Microsoft.Compute/virtualMachines/deallocate/action", "Microsoft.Compute/virtualMachines/web-02"),
        ("Microsoft.Compute/virtualMachines/start/action", "Microsoft.Compute/virtualMachines/web-02"),
        (
            "Microsoft.Compute/virtualMachines/extensions/write",
            "Microsoft.Compute/virtualMachines/web-02/extensions/monitor",
        ),
        (
            "Microsoft.Network/networkSecurityGroups/securityRules/write",
            "Microsoft.Network/networkSecurityGroups/web/securityRules/https",
        ),
        ("Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/a8d1"),
        ("Microsoft.Insights/diagnosticSettings/write", "Microsoft.Insights/diagnosticSettings/export"),
        ("Microsoft.KeyVault/vaults/write", "Microsoft.KeyVault/vaults/example"),
    ];
    let callers = [
        person("dave", "198.51.100.52"),
        person("grace", "198.51.100.75"),
        caller("9d0f11aa-0000-4000-8000-00000000f00d", "192.0.2.31", false),
    ];
    let containers =
        [storage(), storage(), storage(), Container::EventHub, Container::EventHub, Container::ActivityList];
    for index in 0..13_i64 {
        let (name, path) = *scenario.random.pick(OPERATIONS);
        let caller = scenario.random.pick(&callers).clone();
        let container = scenario.random.pick(&containers).clone();
        let operation = scenario.operation(name, resource("rg-web", path), "");
        let end = if index % 9 == 4 { End::Failed("Forbidden") } else { End::Immediate };
        let when = (scenario.at(430 + index * 41), end);
        scenario.operate(&container, &caller, &operation, when, None);
    }
}
