//! Emulated telemetry is determined by the seed, and one part of it does not disturb another.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quarry_pack::emulate::{Emulation, Options};

use crate::emulate::{case, emulator, fresh_emulator};

/// Cases of each cloud with references, sessions and refusals.
const CASES: &[(&str, &str)] = &[
    (
        "aws",
        "      - {id: snapshot, action: aws.ec2.CreateSnapshot}
      - {id: launch, action: aws.ec2.RunInstances, at: 5m, session: second, with: {count: 3, snapshot_id: '${snapshot.snapshot_id}'}}
      - {id: refused, action: aws.ec2.RunInstances, as: terraform, outcome: dry-run}",
    ),
    (
        "azure",
        "      - {id: snapshot, action: azure.compute.snapshots.write}
      - {id: disk, action: azure.compute.disks.write, with: {snapshot_id: '${snapshot.snapshot_id}'}}
      - {id: launch, action: azure.compute.virtualMachines.write, with: {disk_id: '${disk.disk_id}'}}
      - {id: refused, action: azure.compute.virtualMachines.write, as: scanner, outcome: denied}",
    ),
    (
        "gcp",
        "      - {id: snapshot, action: gcp.compute.disks.createSnapshot}
      - {id: launch, action: gcp.compute.instances.insert, with: {snapshot: '${snapshot.snapshot_path}'}}
      - {id: refused, action: gcp.compute.instances.insert, outcome: denied}",
    ),
];

fn lines(emulation: &Emulation, of_the_case: bool) -> Vec<String> {
    let records = emulation.records.iter().filter(|record| record.step.is_some() || !of_the_case);
    records.map(|record| record.json.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_seed_gives_the_same_bytes(seed: u64, noise in 0_usize..40, which in 0_usize..3, day in 0_i64..3000) {
        let (provider, steps) = CASES[which];
        let at = Options::default().at + day * 86_400_000_000;
        let options = Options { seed, noise, at, ..Options::default() };
        let first = emulator().case(&case(provider, steps), &options).unwrap();
        let emulator = fresh_emulator();
        let second = emulator.case(&case(provider, steps), &options).unwrap();
        prop_assert_eq!(&first, &second);
        let (left, right) = (emulator.objects(&first.records, &options), emulator.objects(&second.records, &options));
        prop_assert_eq!(left.unwrap(), right.unwrap());

        // Another seed: other identifiers, the same people from the same places.
        let other = Options { seed: seed.wrapping_add(1), ..options.clone() };
        let other = emulator.case(&case(provider, steps), &other).unwrap();
        let who = |emulation: &Emulation| -> Vec<_> {
            emulation.facts.iter().map(|facts| (facts.actor.clone(), facts.source_ip.clone(), facts.outcome.clone())).collect()
        };
        prop_assert_eq!(who(&first), who(&other));
        let ids: BTreeSet<_> = first.records.iter().map(|record| &record.event_id).collect();
        prop_assert!(other.records.iter().all(|record| !ids.contains(&record.event_id)));

        // Noise leaves the case as it was.
        let quiet = emulator.case(&case(provider, steps), &Options { noise: 0, ..options }).unwrap();
        prop_assert_eq!(lines(&quiet, true), lines(&first, true));
        prop_assert_eq!(first.records.len(), quiet.records.len() + noise);

        // So does a step that comes later.
        let mut shorter = case(provider, steps);
        shorter.steps.pop();
        let shorter = emulator.case(&shorter, &Options { noise: 0, seed, at, ..Options::default() }).unwrap();
        let texts: BTreeSet<String> = lines(&quiet, true).into_iter().collect();
        prop_assert!(lines(&shorter, true).iter().all(|line| texts.contains(line)));
    }
}

/// Identifiers that name one thing are never given twice; times are in order and not before the case.
#[test]
fn identifiers_are_unique() {
    for (provider, steps) in CASES {
        let options = Options { noise: 60, ..Options::default() };
        let emulation = emulator().case(&case(provider, steps), &options).unwrap();
        let pointer = match *provider {
            "aws" => "/eventID",
            "azure" => "/correlationId",
            _ => "/insertId",
        };
        let mut ids = std::collections::BTreeMap::<String, BTreeSet<Option<usize>>>::new();
        for (index, record) in emulation.records.iter().enumerate() {
            let id = record.json.pointer(pointer).unwrap().to_string();
            // A correlation id may join records of one action; no other.
            let place = if *provider == "azure" { record.step } else { Some(index) };
            ids.entry(id).or_default().insert(place);
        }
        assert!(ids.values().all(|places| places.len() == 1), "{provider}");
        let times: Vec<i64> = emulation.records.iter().map(|record| record.time).collect();
        assert!(times.is_sorted());
        assert!(emulation.records.iter().all(|record| record.arrival > record.time));
    }
}
