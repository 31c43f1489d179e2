//! The alerts of a pack's attacks, plainly done or in a disguise.

use std::collections::BTreeMap;

use quarry_hunt::Outcome;
use quarry_pack::{
    CaseKind, Pack,
    cases::{Case, Order, Principal},
    emulate::Emulator,
};

use crate::{
    bench::{Bench, Subject},
    runner::{emulate, of_pack, on_threads, runtime},
    stage::{Scene, Stage},
    tune::{AttackAlert, Disguise},
};

/// Runs the attacks and evasions of a pack and gives the alerts that the pack's tests expect.
///
/// # Errors
/// If a case cannot be emulated, or a detection does not run.
pub fn alerts_of_attacks(
    bench: &Bench<'_>,
    (pack, subjects): (&Pack, &[Subject<'_>]),
    disguise: Option<&Disguise>,
) -> Outcome<Vec<AttackAlert>> {
    let concerned = |case: &&Case| {
        let attack = matches!(case.kind, CaseKind::Attack | CaseKind::Evasion);
        // Who acts in recorded events is as it is.
        attack
            && disguise.is_none_or(|disguise| disguise.provider == case.provider && case.recorded.is_none())
    };
    let cases: Vec<&Case> = pack.cases.cases.iter().filter(concerned).collect();
    let emulator = Emulator::of_pack(pack).map_err(of_pack)?;
    let work = |case: &&Case| one(bench, &emulator, (pack, subjects), case, disguise);
    let alerts = on_threads(bench.setup.threads, &cases, &work, &|_, _| ());
    alerts.into_iter().collect::<Outcome<Vec<_>>>().map(|alerts| alerts.into_iter().flatten().collect())
}

fn one(
    bench: &Bench<'_>,
    emulator: &Emulator,
    (pack, subjects): (&Pack, &[Subject<'_>]),
    case: &Case,
    disguise: Option<&Disguise>,
) -> Outcome<Vec<AttackAlert>> {
    let dressed = disguise.map(|disguise| dressed(emulator, case, disguise)).transpose()?;
    let emulation = emulate(bench.setup, dressed.as_ref().unwrap_or(emulator), pack, case)?;
    let mut records: Vec<_> = emulation.records.iter().collect();
    if case.order == Order::Reversed {
        records.reverse();
    }
    let now = records.iter().map(|record| record.time).max().unwrap_or_default();
    runtime()?.block_on(async {
        let stage = Stage::open(bench, &Scene { records, now, earliest: None }).await?;
        let mut found = Vec::new();
        for subject in subjects {
            if case.expected(&subject.detection.id).alerts() == 0 {
                continue;
            }
            let detected = stage.detect(subject).await?;
            found.extend(detected.alerts.into_iter().map(|alert| AttackAlert {
                case: case.id.clone(),
                disguise: disguise.cloned(),
                alert: match disguise {
                    Some(disguise) => disguise.finish(alert),
                    None => alert,
                },
            }));
        }
        Ok(found)
    })
}

/// The emulator with everyone who acts in a case dressed up.
fn dressed(emulator: &Emulator, case: &Case, disguise: &Disguise) -> Outcome<Emulator> {
    let mut cast: BTreeMap<String, Principal> = BTreeMap::new();
    for step in &case.steps {
        let name = emulator.member_of(case, step);
        let member = emulator.principal(case.provider, name).map_err(of_pack)?;
        cast.insert(name.to_owned(), disguise.dress(member));
    }
    Ok(emulator.recast(&cast))
}
