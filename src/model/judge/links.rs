//! Where a symbolic link leads, by its text and by the links that its commit has on the way.
//!
//! The target need not exist, and no disk is asked. A target is resolved against the link's own
//! directory, component by component. A name in it may be a link one day, so going up again out of one
//! leads nobody knows where: two links, each within the scope, could leave it together. A backslash
//! separates, too, because it does on Windows.

use bstr::{BStr, BString, ByteSlice};

use crate::model::finding::path::Leads;
use crate::model::portable;

/// How many links are followed from one; Linux gives up after as many.
const MOST_LINKS: usize = 40;

/// The most bytes of a path on Linux, and of what a link there says. Other systems take fewer.
const MOST_BYTES: usize = 4095;

/// The path to which a link at `path` leads, relative to the top of the repository, or where it leads
/// instead. `target_at` has the targets of the links that there are.
pub fn follow<E>(
    path: &BStr,
    target: &BStr,
    mut target_at: impl FnMut(&BStr) -> Result<Option<BString>, E>,
) -> Result<Result<BString, Leads>, E> {
    let mut named = match resolve(path, target) {
        Ok(named) => named,
        Err(leads) => return Ok(Err(leads)),
    };
    'links: for _ in 0..MOST_LINKS {
        if named.len() > MOST_BYTES {
            return Ok(Err(Leads::TooFar));
        }
        let ends: Vec<usize> = named.find_iter("/").chain([named.len()]).collect();
        for end in ends.into_iter().filter(|end| *end > 0) {
            let Some(target) = target_at(named[..end].as_bstr())? else { continue };
            match resolve(named[..end].as_bstr(), target.as_bstr()) {
                Ok(inside) => named = join(inside, &named[end..]),
                Err(leads) => return Ok(Err(leads)),
            }
            continue 'links;
        }
        return Ok(Ok(named));
    }
    Ok(Err(Leads::Nowhere))
}

/// A path and what follows below it, which begins with a slash if there is any.
fn join(path: BString, below: &[u8]) -> BString {
    match path.is_empty() {
        true => below.strip_prefix(b"/").unwrap_or(below).into(),
        false => [&path, below].concat().into(),
    }
}

/// The path that a link at `path` names, whatever is there.
fn resolve(path: &BStr, target: &BStr) -> Result<BString, Leads> {
    if target.len() > MOST_BYTES {
        return Err(Leads::TooFar);
    }
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

    /// A link at `api/link`, where the links are pairs of a path and a target.
    #[track_caller]
    fn check_follow(target: &str, links: &[(&str, &str)], expect: Result<&str, Leads>) {
        let target_at = |path: &BStr| -> Result<Option<BString>, std::convert::Infallible> {
            Ok(links.iter().find(|(at, _)| path == *at).map(|(_, target)| BString::from(*target)))
        };
        let Ok(led) = follow("api/link".into(), target.into(), target_at);
        assert_eq!(led, expect.map(BString::from), "{target} by {links:?}");
    }

    #[test]
    fn links_on_the_way_are_followed() {
        let root = &[("api/root", "..")];
        check_follow("root/models/m.py", root, Ok("models/m.py"));
        check_follow("root", root, Ok(""));
        check_follow("root/api/root/docs", root, Ok("docs"));
        check_follow("x/root", root, Ok("api/x/root"));
        check_follow("dir/x", &[("api/dir", "v1/"), ("api/v1", "v2")], Ok("api/v2/x"));
        check_follow("a/x", &[("api/a", "/etc")], Err(Leads::Absolute));
        check_follow("a/x", &[("api/a", "b/..")], Err(Leads::UpAgain));
        check_follow("link", &[("api/link", "link")], Err(Leads::Nowhere));
        check_follow("a/x", &[("api/a", "b"), ("api/b", "a")], Err(Leads::Nowhere));
        let long = "x/".repeat(1500);
        check_follow(&format!("a/{long}y"), &[("api/a", &long)], Err(Leads::TooFar));
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
        check("api/link", &"./".repeat(2048), Err(Leads::TooFar));
    }
}
