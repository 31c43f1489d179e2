//! Names that `let` and parameters give.

use std::rc::Rc;

use super::{Scalar, Table};
use crate::syntax::tree::Function;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Binding {
    Scalar(Scalar),
    Table(Table),
    /// A function and the names that it sees.
    Function(Rc<Function>, Scope),
}

/// Names, the latest first. Copies are cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope(Option<Rc<Link>>);

#[derive(Debug)]
struct Link {
    name: String,
    binding: Binding,
    before: Scope,
}

impl Scope {
    pub fn add(&mut self, name: &str, binding: Binding) {
        let before = std::mem::take(self);
        self.0 = Some(Rc::new(Link { name: name.to_owned(), binding, before }));
    }

    pub fn find(&self, name: &str) -> Option<Binding> {
        self.links().find(|link| link.name == name).map(|link| link.binding.clone())
    }

    /// Tables and views whose names fit.
    pub fn matching(&self, fits: &dyn Fn(&str) -> bool) -> Vec<(String, Binding)> {
        let is_rows = |binding: &Binding| match binding {
            Binding::Table(_) => true,
            Binding::Function(function, _) => function.is_view,
            Binding::Scalar(_) => false,
        };
        let fitting = self.links().filter(|link| fits(&link.name) && is_rows(&link.binding));
        let mut found: Vec<_> = fitting.map(|link| (link.name.clone(), link.binding.clone())).collect();
        found.reverse();
        found
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        std::iter::successors(self.0.as_deref(), |link| link.before.0.as_deref())
    }
}
