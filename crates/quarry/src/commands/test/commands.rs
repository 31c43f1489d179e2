//! How to do the tests for real, for people to copy.

use std::io::Write;

use quarry_pack::{
    Pack,
    cases::Case,
    import::{Imported, Procedure},
};

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    imports,
};

/// Prints the commands of the cases that have some; quarry runs none of them.
pub fn print(packs: &[Pack], only: Option<&str>, streams: &Streams<'_>) -> Outcome {
    let mut output = streams.output();
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
        streams.tell("none of these cases has commands");
    }
    Ok(Exit::Fine)
}

/// Prints the commands of Atomic Red Team tests, with their arguments filled in; quarry runs none of them.
pub fn print_imported(names: &[String], streams: &Streams<'_>) -> Outcome {
    let all = imports::read_all(names)?;
    let mut output = streams.output();
    let mut shown = 0;
    for procedure in all.files.iter().flat_map(Imported::procedures) {
        write!(output, "{}", procedure_text(procedure)).map_err(Failure::writing)?;
        shown += 1;
    }
    if shown == 0 {
        return Err(Failure::Content(format!("{}: there are no commands", names.join(", "))));
    }
    Ok(Exit::Fine)
}

fn procedure_text(procedure: &Procedure) -> String {
    let Procedure { technique, name, executor, platforms, .. } = procedure;
    let id = procedure.id.as_deref().unwrap_or(name);
    let mut text = format!("# {technique}#{id}: {name} ({executor}; {})\n", platforms.join(", "));
    let comment = |text: &mut String, label: &str, content: &str| {
        for (index, line) in content.trim().lines().enumerate() {
            let label = if index == 0 { format!("{label}: ") } else { "  ".to_owned() };
            text.push_str(format!("# {label}{line}").trim_end());
            text.push('\n');
        }
    };
    if procedure.elevated {
        comment(&mut text, "needs", "elevated rights");
    }
    for (argument, value) in &procedure.arguments {
        comment(&mut text, "argument", &format!("{argument} = {value}"));
    }
    for needed in &procedure.prerequisites {
        comment(&mut text, "needs", &needed.description);
        comment(&mut text, "check", &needed.check);
        comment(&mut text, "get", &needed.get);
    }
    text.push_str(procedure.command.trim_end());
    text.push('\n');
    if !procedure.clean_up.is_empty() {
        text.push_str("\n# clean up\n");
        text.push_str(procedure.clean_up.trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
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
