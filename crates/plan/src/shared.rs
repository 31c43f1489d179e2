//! Plans that are computed once and read several times.

use crate::{ColumnName, Node, Operator, Type};

/// Names and types of the columns of rows.
type Columns = Vec<(ColumnName, Type)>;

impl Node {
    /// How often a shared plan of this name is read.
    #[must_use]
    pub fn references(&self, name: &str) -> usize {
        let mut count = 0;
        self.visit(&mut |node| count += usize::from(is_reference(node, name)));
        count
    }

    /// Calls `visit` on the columns of every reference to the shared plan of this name.
    pub fn visit_references_mut(&mut self, name: &str, visit: &mut dyn FnMut(&mut Columns)) {
        self.visit_mut(&mut |node| {
            if let Operator::Reference { name: known, columns } = &mut node.operator
                && known == name
            {
                visit(columns);
            }
        });
    }

    /// The plan with shared plans written out where they are read: all of them, or those that are read once,
    /// and so are computed once all the same. Those that nothing reads go.
    #[must_use]
    pub fn written_out(self, wanted: WriteOut) -> Self {
        let node = self.map_inputs(&mut |input| input.written_out(wanted));
        match node.operator {
            Operator::Let { name, shared, mut body } => {
                if wanted == WriteOut::All || body.references(&name) < 2 {
                    body.visit_mut(&mut |node| {
                        if is_reference(node, &name) {
                            *node = Self::clone(&shared);
                        }
                    });
                    return *body;
                }
                Self { operator: Operator::Let { name, shared, body }, span: node.span }
            }
            operator => Self { operator, span: node.span },
        }
    }
}

/// Which shared plans are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOut {
    /// Every one.
    All,
    /// Those that are read at most once.
    ReadOnce,
}

fn is_reference(node: &Node, name: &str) -> bool {
    matches!(&node.operator, Operator::Reference { name: known, .. } if known == name)
}
