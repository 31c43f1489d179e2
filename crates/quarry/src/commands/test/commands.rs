//! How to do the tests for real, for people to copy.

use std::{io::Write, process::ExitCode};

use quarry_pack::{Pack, cases::Case};

use crate::failure::{Failure, Outcome};

/// Prints the commands of the cases that have some; quarry runs none of them.
pub fn print(packs: &[Pack], only: Option<&str>) -> Outcome {
    let mut output = std::io::stdout().lock();
    let mut write = |text: String| write!(output, "{text}").map_err(Failure::writing);
    let mut shown = 0;
    for pack in packs {
        for case in pack.cases.cases.iter().filter(|case| only.is_none_or(|only| case.id == only)) {
            if let Some(text) = text(pack, case) {
                write(text)?;
                shown += 1;
            }
        }
    }
    if shown == 0 {
        anstream::eprintln!("none of these cases has commands");
    }
    Ok(ExitCode::SUCCESS)
}

fn text(pack: &Pack, case: &Case) -> Option<String> {
    let commands = case.commands.as_ref()?;
    let mut text = format!(
        "# {}#{}: {} ({})\n",
        pack.technique.as_deref().unwrap_or("-"),
        case.id,
        case.title,
        commands.tool
    );
    for needed in &commands.prerequisites {
        text.push_str(&format!("# needs: {needed}\n"));
    }
    text.push_str(commands.run.trim_end());
    text.push_str("\n\n# clean up\n");
    text.push_str(commands.clean_up.trim_end());
    text.push('\n');
    for signal in &case.signals {
        text.push_str(&format!("# expect: {} in {} within {}\n", signal.action, signal.log, signal.within));
    }
    text.push('\n');
    Some(text)
}
