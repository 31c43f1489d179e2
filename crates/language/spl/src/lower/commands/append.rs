//! `append` and `appendpipe`: the rows of another pipeline after those here.

use super::super::context::Context;
use super::general::General;
use super::subsearch;
use crate::tree::Command;

pub(super) fn lower_append(context: &mut Context<'_>, command: &Command) {
    lower(context, command, false);
}

pub(super) fn lower_pipe(context: &mut Context<'_>, command: &Command) {
    lower(context, command, true);
}

fn lower(context: &mut Context<'_>, command: &Command, copies: bool) {
    let mut arguments = General::new(context, command);
    if copies {
        arguments.only(context, "run_in_preview", &["t", "true", "f", "false"]);
    }
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    arguments.finish(context);
    let inner = if copies {
        subsearch::lower_copy(context, pipeline)
    } else {
        subsearch::lower_open(context, pipeline)
    };
    if let Some(inner) = inner {
        subsearch::append(context, inner);
    }
}
