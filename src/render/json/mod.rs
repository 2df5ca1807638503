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
mod layout;
pub mod own_status;
pub mod plan;
pub mod report;
pub mod sarif;
pub mod status;
pub mod verify;

use serde::Serialize;
use serde_json::Serializer;

use crate::render::escape;
use crate::render::json::layout::Layout;

/// A shape as a document of its own, indented, with a line break at the end. Whatever could steer a
/// terminal or deceive a reader is escaped, in keys and in strings.
pub fn document(shape: &impl Serialize) -> String {
    document_in(Vec::new(), shape)
}

/// The same, written into an empty buffer.
fn document_in(mut out: Vec<u8>, shape: &impl Serialize) -> String {
    let mut serializer = Serializer::with_formatter(&mut out, Layout::default());
    shape.serialize(&mut serializer).expect("the shapes hold only strings, numbers and lists");
    escape::json(String::from_utf8(out).expect("JSON is text")) + "\n"
}

/// The same on one line.
pub fn line(shape: &impl Serialize) -> String {
    escape::json(serde_json::to_string(shape).expect("the shapes hold only strings, numbers and lists"))
        + "\n"
}
