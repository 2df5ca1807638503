//! For programs: versioned shapes that are apart from the model, so that the model may change.
//!
//! A field that is not known or does not apply is `null`, never left out. New fields may be added
//! to a version; a field that changes its meaning makes a new one. Times are seconds since the
//! epoch, ids are full.

pub mod brief;
pub mod check;
pub mod clash;
pub mod cleanup;
pub mod conflicts;
pub mod decision;
pub mod doctor;
pub mod drift;
pub mod finding;
pub mod integrate;
pub mod own_status;
pub mod plan;
pub mod report;
pub mod sarif;
pub mod status;
pub mod verify;

use serde::Serialize;

use crate::render::escape;

/// A shape as a document of its own, indented, with a line break at the end. Whatever could steer a
/// terminal or deceive a reader is escaped, in keys and in strings.
pub fn document(shape: &impl Serialize) -> String {
    escape::json(
        serde_json::to_string_pretty(shape).expect("the shapes hold only strings, numbers and lists"),
    ) + "\n"
}

/// The same on one line.
pub fn line(shape: &impl Serialize) -> String {
    escape::json(serde_json::to_string(shape).expect("the shapes hold only strings, numbers and lists"))
        + "\n"
}
