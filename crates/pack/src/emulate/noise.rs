//! Ordinary work around an attack.

use super::{
    Emulator, Options, Record,
    filters::SECOND,
    perform::{SUCCESS, Task},
    random::Random,
    template::Noise,
};
use crate::{PackError, cases::Provider};

/// Longest time that a principal of the noise works in one session, in nanoseconds.
const SESSION: i64 = 3_600 * SECOND;

/// How often an action that no longer fits is replaced.
const TRIES: usize = 64;

impl Emulator {
    /// Exactly `options.noise` records of ordinary work in the hours around `options.at`, in order of time.
    ///
    /// # Errors
    /// If a template or the name of a profile is wrong.
    pub fn noise(&self, provider: Provider, options: &Options) -> Result<Vec<Record>, PackError> {
        let entries = self.entries(provider, options)?;
        let total: u64 = entries.iter().map(|entry| entry.weight).sum();
        let span = options.spread.seconds() * SECOND;
        let mut records: Vec<Record> = Vec::with_capacity(options.noise);
        let mut index = 0_usize;
        let mut tries = 0;
        while records.len() < options.noise {
            let number = index.to_string();
            index += 1;
            let mut random = Random::of(options.seed, &["noise", provider.word(), &number]);
            let entry = draw(&entries, random.below(total));
            let time = options.at * 1000 - span / 2 + random.span(span);
            let mut made = self.one(provider, entry, options, (time, &number), &mut random)?;
            let room = options.noise - records.len();
            // An action that does not fit makes room for another; where none fits, the last is still under way.
            if made.len() > room && tries < TRIES {
                tries += 1;
                continue;
            }
            made.truncate(room);
            records.append(&mut made);
        }
        records.sort_by_key(|record| record.time);
        Ok(records)
    }

    fn entries(&self, provider: Provider, options: &Options) -> Result<Vec<&Noise>, PackError> {
        let of_provider =
            || self.templates.noise.iter().filter(|(of, _)| *of == provider).map(|(_, noise)| noise);
        for profile in &options.profiles {
            if !of_provider().any(|noise| noise.profile == *profile) {
                let mut known: Vec<&str> = of_provider().map(|noise| noise.profile.as_str()).collect();
                known.sort_unstable();
                known.dedup();
                return Err(PackError::new(
                    "telemetry",
                    format!("no profile of noise is called `{profile}`"),
                )
                .with_help(format!("profiles are {}", known.join(", "))));
            }
        }
        let entries: Vec<&Noise> = of_provider()
            .filter(|noise| noise.weight > 0 && options.profiles.contains(&noise.profile))
            .collect();
        if entries.is_empty() && options.noise > 0 {
            return Err(PackError::new("telemetry", format!("no noise is known of {}", provider.word())));
        }
        Ok(entries)
    }

    fn one(
        &self,
        provider: Provider,
        entry: &Noise,
        options: &Options,
        (time, number): (i64, &str),
        random: &mut Random,
    ) -> Result<Vec<Record>, PackError> {
        let member = random.pick(&entry.principals).map_or("engineer", String::as_str);
        let principal = self.member(provider, member)?;
        let block = time.div_euclid(SESSION) * SESSION;
        let label = format!("work-{}", block / SESSION);
        let typical = options.arrival_of(provider, self)?;
        let task = Task {
            action: &entry.action,
            member,
            principal,
            session: &label,
            region: random.pick(&entry.regions).map(String::as_str),
            outcome: outcome(entry, random),
            with: entry.with.clone(),
            time,
            start: block,
            arrives: Some(typical / 2 + random.span(typical)),
            shape: &options.shape,
            seed: options.seed,
            words: ["noise", "record", number],
        };
        Ok(self.perform(&task)?.records)
    }
}

fn draw<'a>(entries: &[&'a Noise], mut drawn: u64) -> &'a Noise {
    for entry in entries {
        if drawn < entry.weight {
            return entry;
        }
        drawn -= entry.weight;
    }
    entries[entries.len() - 1]
}

fn outcome<'a>(entry: &'a Noise, random: &mut Random) -> &'a str {
    let mut drawn = random.below(entry.outcomes.values().sum());
    for (name, share) in &entry.outcomes {
        if drawn < *share {
            return name;
        }
        drawn -= share;
    }
    SUCCESS
}
