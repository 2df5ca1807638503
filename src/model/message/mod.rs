//! The commit protocol: prefixes, descriptions and body sections (design.md section 5).
//!
//! This is the grammar and nothing else: whether a NEEDS names a task of the plan, or a COMPLETE
//! comes at the right time, is for the [judge](crate::model::judge). A message is bytes until it
//! was found to be UTF-8; what is not, has no status.

pub mod blank;
pub mod body;
pub mod file;
mod prefix;
mod reading;
pub mod subject;

pub use body::{Body, Section};
pub use prefix::Prefix;
pub use reading::{first_line, read, reverts_complete, status};
pub use subject::{Subject, subject};
