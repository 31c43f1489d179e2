//! What identifies a column: a name, and whose it is.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Whose a column is. Columns of different roles are different columns, whatever their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// The user can name it: a field, an alias, a column of a table.
    User,
    /// A language made it to get at a result; no query can name it.
    Helper,
    /// A field of the alert view, carried beside the user's columns.
    Provenance,
    /// What looks at a plan from outside added it, to see what happens in it.
    Probe,
}

/// The name of a column.
///
/// ```
/// use quarry_plan::{ColumnName, Helpers};
/// let field = ColumnName::from("total1");
/// assert_eq!(field, "total1");
/// assert_ne!(field, Helpers::default().fresh("total"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(Role, String)", into = "(Role, String)")]
pub struct ColumnName {
    role: Role,
    text: Arc<str>,
}

impl From<(Role, String)> for ColumnName {
    fn from((role, text): (Role, String)) -> Self {
        Self::new(role, text)
    }
}

impl From<ColumnName> for (Role, String) {
    fn from(name: ColumnName) -> Self {
        (name.role, name.text.as_ref().to_owned())
    }
}

impl ColumnName {
    /// The column of a role with this name. Helpers are made by [`Helpers`].
    pub fn new(role: Role, text: impl Into<Arc<str>>) -> Self {
        Self { role, text: text.into() }
    }

    /// Whose it is.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether a user can name it.
    #[must_use]
    pub fn is_user(&self) -> bool {
        self.role == Role::User
    }

    /// The name a user calls it by; none for a column that no user can name.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.is_user().then_some(&*self.text)
    }

    /// The name within its role.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ColumnName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            Role::User => write!(formatter, "{:?}", self.text),
            role => write!(formatter, "{role:?}({:?})", self.text),
        }
    }
}

impl From<&str> for ColumnName {
    fn from(name: &str) -> Self {
        Self::new(Role::User, name)
    }
}

impl From<String> for ColumnName {
    fn from(name: String) -> Self {
        Self::new(Role::User, name)
    }
}

impl From<&String> for ColumnName {
    fn from(name: &String) -> Self {
        Self::new(Role::User, name.as_str())
    }
}

impl From<&ColumnName> for ColumnName {
    fn from(name: &ColumnName) -> Self {
        name.clone()
    }
}

impl PartialEq<str> for ColumnName {
    fn eq(&self, name: &str) -> bool {
        self.user() == Some(name)
    }
}

impl PartialEq<&str> for ColumnName {
    fn eq(&self, name: &&str) -> bool {
        self == *name
    }
}

impl PartialEq<&ColumnName> for ColumnName {
    fn eq(&self, name: &&ColumnName) -> bool {
        self == *name
    }
}

impl PartialEq<String> for ColumnName {
    fn eq(&self, name: &String) -> bool {
        self == name.as_str()
    }
}

/// Makes helper columns, each another than all before.
#[derive(Debug, Clone, Default)]
pub struct Helpers {
    made: usize,
}

impl Helpers {
    /// A new helper column; the purpose is for those who read plans.
    pub fn fresh(&mut self, purpose: &str) -> ColumnName {
        self.made += 1;
        ColumnName::new(Role::Helper, format!("{purpose}{}", self.made))
    }
}
