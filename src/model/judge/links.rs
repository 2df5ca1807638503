//! Where a symbolic link leads, by its text alone.
//!
//! Nothing is followed: the target need not exist, and what it is today says nothing about
//! tomorrow. A target is resolved against the link's own directory, component by component.

use bstr::{BStr, BString, ByteSlice};

use crate::model::finding::path::Leads;

/// The path that a link at `path` names, relative to the top of the repository, or where it leads
/// instead.
pub fn resolve(path: &BStr, target: &BStr) -> Result<BString, Leads> {
    let drive = target.get(1) == Some(&b':') && target[0].is_ascii_alphabetic();
    if target.starts_with(b"/") || target.starts_with(b"\\") || target.starts_with(b"~") || drive {
        return Err(Leads::Absolute);
    }
    let mut parts: Vec<&[u8]> = path.split_str("/").collect();
    parts.pop();
    for part in target.split_str("/") {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop().ok_or(Leads::OutsideRepository)?;
            }
            name if name.eq_ignore_ascii_case(b".git") => return Err(Leads::GitDirectory),
            name => parts.push(name),
        }
    }
    Ok(bstr::join("/", parts).into())
}
