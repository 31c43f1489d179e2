//! What all pipelines of a search share.

use std::{cell::RefCell, rc::Rc};

use quarry_plan::{Helpers, Node};

use super::super::{Environment, LowerOptions, Store};
use super::Context;
use crate::tree::Pipeline;

/// How far the search got.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// How many answers were used.
    pub(super) used: usize,
    pub(crate) helpers: Helpers,
    pub(crate) pending: Option<Node>,
    pub(crate) stores: Vec<Store>,
}

/// What a pipeline needs to start.
#[derive(Debug, Clone)]
pub(crate) struct Shared<'a> {
    pub(crate) options: &'a LowerOptions<'a>,
    pub(crate) environment: &'a Environment<'a>,
    pub(crate) progress: Rc<RefCell<Progress>>,
    /// Lowers every command of a pipeline: the table of commands is above all else.
    pub(crate) lower: fn(&mut Context<'_>, &Pipeline),
}
