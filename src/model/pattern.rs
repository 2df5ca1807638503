//! One scope pattern: a literal path, a subtree, or a glob.

use std::fmt;

/// A pattern that passed the grammar of design.md section 4.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(String);

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
