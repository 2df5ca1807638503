//! Values to strings: text for people, Markdown, versioned JSON. Pure.
//!
//! Everything that came from a repository passes through [`escape`] for where it is shown.

pub mod escape;
pub mod json;
pub mod markdown;
pub mod named_run;
pub mod page;
pub mod text;
pub mod words;
