//! Names that `let` and parameters give.

use std::{cell::RefCell, rc::Rc};

use super::{convert::Value, rows::Rows, statement::Meaning};
use crate::{
    bind::scope::Scope,
    syntax::tree::{Expr, Function},
};

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    Value(Value),
    Rows(Rows),
    /// A function and the names that it sees.
    Function(Rc<Function>, Names),
    /// What is lowered when it is first used.
    Later(Rc<Later>),
}

/// An expression, the names that it sees, and what it was found to mean.
#[derive(Debug)]
pub(super) struct Later {
    pub value: Expr,
    pub names: Names,
    pub found: RefCell<Option<Meaning>>,
}

/// Names, the latest first, and the same for the binder. Copies are cheap.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    latest: Option<Rc<Link>>,
    /// What the binder knows of them.
    pub bound: Scope,
}

#[derive(Debug)]
struct Link {
    name: String,
    binding: Binding,
    before: Option<Rc<Link>>,
}

impl Names {
    /// Adds a name; the binder's names are those given.
    pub fn add(&mut self, name: &str, binding: Binding, bound: Scope) {
        let before = self.latest.take();
        self.latest = Some(Rc::new(Link { name: name.to_owned(), binding, before }));
        self.bound = bound;
    }

    pub fn find(&self, name: &str) -> Option<Binding> {
        self.links().find(|link| link.name == name).map(|link| link.binding.clone())
    }

    /// The names that fit, the first given first.
    pub fn matching(&self, fits: &dyn Fn(&str) -> bool) -> Vec<(String, Binding)> {
        let fitting = self.links().filter(|link| fits(&link.name));
        let mut found: Vec<_> = fitting.map(|link| (link.name.clone(), link.binding.clone())).collect();
        found.reverse();
        found
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        std::iter::successors(self.latest.as_deref(), |link| link.before.as_deref())
    }
}
