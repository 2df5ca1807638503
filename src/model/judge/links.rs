//! Where a symbolic link leads, by its text alone.
//!
//! Nothing is followed: the target need not exist, and what it is today says nothing about
//! tomorrow. A target is resolved against the link's own directory, component by component. A name
//! in it may be a link itself, so going up again out of one leads nobody knows where: two links, each
//! within the scope, could leave it together. A backslash separates, too, because it does on Windows.

use bstr::{BStr, BString, ByteSlice};

use crate::model::finding::path::Leads;
use crate::model::portable;

/// The path that a link at `path` names, relative to the top of the repository, or where it leads
/// instead.
pub fn resolve(path: &BStr, target: &BStr) -> Result<BString, Leads> {
    let drive = target.get(1) == Some(&b':') && target[0].is_ascii_alphabetic();
    if target.starts_with(b"/") || target.starts_with(b"\\") || drive {
        return Err(Leads::Absolute);
    }
    let mut parts: Vec<&[u8]> = path.split_str("/").collect();
    parts.pop();
    let mut named = false;
    for part in target.split(|byte| matches!(byte, b'/' | b'\\')) {
        match part {
            b"" | b"." => {}
            b".." if named => return Err(Leads::UpAgain),
            b".." => {
                parts.pop().ok_or(Leads::OutsideRepository)?;
            }
            name if portable::is_git_directory(&name.to_str_lossy()) => return Err(Leads::GitDirectory),
            name => {
                parts.push(name);
                named = true;
            }
        }
    }
    Ok(bstr::join("/", parts).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, target: &str, expect: Result<&str, Leads>) {
        assert_eq!(resolve(path.into(), target.into()), expect.map(BString::from), "{path} -> {target}");
    }

    #[test]
    fn a_target_counts_from_the_links_directory() {
        check("api/link", "x.py", Ok("api/x.py"));
        check("api/v1/link", "../x.py", Ok("api/x.py"));
        check("api/link", "./a//b/", Ok("api/a/b"));
        check("api/link", "../models/user.py", Ok("models/user.py"));
        check("api/link", "../../x", Err(Leads::OutsideRepository));
        check("link", "..", Err(Leads::OutsideRepository));
        check("api/link", "/etc/passwd", Err(Leads::Absolute));
        check("api/link", "C:\\x", Err(Leads::Absolute));
        check("api/link", "../.GIT/config", Err(Leads::GitDirectory));
        check("api/link", "../git~1/config", Err(Leads::GitDirectory));
        check("api/link", "..\\models", Ok("models"));
        check("api/link", "~user", Ok("api/~user"));
        check("api/link", "up/../../models", Err(Leads::UpAgain));
        check("api/link", "x/..", Err(Leads::UpAgain));
    }
}
