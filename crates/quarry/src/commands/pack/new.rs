//! `quarry pack new`.

use std::path::PathBuf;

use clap::Args;
use quarry_pack::{
    attack::Knowledge,
    emulate::Templates,
    scaffold::{NewPack, placed},
};

use crate::{
    Streams,
    failure::{Exit, Outcome},
};

#[derive(Debug, Args)]
pub struct NewArguments {
    /// ATT&CK technique, such as T1535
    technique: String,

    /// Action that the first detection alerts on, as telemetry templates name it
    #[arg(long, default_value = "aws.ec2.RunInstances", value_name = "ACTION")]
    action: String,

    /// Name of the technique (default: what ATT&CK calls it)
    #[arg(long)]
    name: Option<String>,

    /// Tactic (default: what ATT&CK says)
    #[arg(long)]
    tactic: Option<String>,

    /// Folder that the pack's own folder is made in
    #[arg(long, default_value = "packs", value_name = "DIR")]
    out: PathBuf,
}

/// Writes the files and says what to do next.
pub fn run(arguments: &NewArguments, streams: &Streams<'_>) -> Outcome {
    let technique = arguments.technique.to_uppercase();
    let (name, tactic) = (arguments.name.as_deref(), arguments.tactic.as_deref());
    let placed = placed(&Knowledge::embedded()?, &technique, name, tactic)?;
    let service = Templates::embedded().and_then(|templates| templates.service_of(&arguments.action))?;
    let pack = NewPack {
        name: placed.name,
        tactic: placed.tactic,
        attack: placed.attack,
        tactics: placed.tactics,
        action: arguments.action.clone(),
        service,
        operation: operation(&arguments.action),
        technique: technique.clone(),
    };
    let folder = arguments.out.join(&technique);
    let written = pack.write(&folder)?;
    for path in &written {
        streams.tell(format_args!("wrote {}", folder.join(path).display()));
    }
    let folder = folder.display();
    streams.tell(format_args!(
        "next: quarry test {folder}, and what quarry pack check {folder} says is to be filled in"
    ));
    Ok(Exit::Fine)
}

/// The provider's name of an action: `RunInstances`, `Microsoft.Compute/virtualMachines/write`,
/// `compute.instances.insert`.
fn operation(action: &str) -> String {
    let words: Vec<&str> = action.split('.').collect();
    match &words[..] {
        ["aws", .., name] => (*name).to_owned(),
        ["azure", service, path @ ..] => format!("Microsoft.{service}/{}", path.join("/")),
        [_, path @ ..] => path.join("."),
        [] => String::new(),
    }
}
