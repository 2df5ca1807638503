//! Whose repositories a person trusts, in the word of git's command line and environment.
//!
//! git takes `safe.directory` from the system's and the person's configuration and from `git -c` and
//! `GIT_CONFIG_COUNT`, as containers often give it; gix from files alone. git-config(1) says how it is
//! read. What the files say still counts: an empty value here takes back only what was said here.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};

use super::overrides;

const KEY: &[u8] = b"safe.directory";

/// Whether the repository at `path` is said to be safe there.
pub fn is_said_safe(path: &Path) -> bool {
    let said = said();
    !said.is_empty() && top(path).is_some_and(|top| is_safe(&said, &top))
}

/// The values, in the order in which git reads them.
fn said() -> Vec<BString> {
    let count = env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
    let word = |name: String| env::var_os(name).map(|word| BString::from(word.as_encoded_bytes()));
    let pair = |n| Some((word(format!("GIT_CONFIG_KEY_{n}"))?, word(format!("GIT_CONFIG_VALUE_{n}"))?));
    let pairs = (0..count).map_while(pair).filter(|(key, _)| key.eq_ignore_ascii_case(KEY));
    let parameters = env::var_os("GIT_CONFIG_PARAMETERS").unwrap_or_default();
    let given = overrides::parse(parameters.as_encoded_bytes()).into_iter().filter_map(|entry| {
        let (key, value) = entry.split_once_str("=")?;
        key.eq_ignore_ascii_case(KEY).then(|| BString::from(value))
    });
    pairs.map(|(_, value)| value).chain(given).collect()
}

/// The place by which git knows the repository that `path` is in: its worktree, or a bare one itself.
fn top(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let is_bare = |place: &&Path| place.join("HEAD").exists() && place.join("objects").exists();
    let found = path.ancestors().find(|place| place.join(".git").exists() || is_bare(place))?;
    let above = found.parent().filter(|_| found.file_name() == Some(OsStr::new(".git")));
    Some(above.unwrap_or(found).to_owned())
}

/// What is said last counts; an empty value takes back what was said before.
fn is_safe(said: &[BString], top: &Path) -> bool {
    said.iter().fold(false, |is_safe, value| match value.as_slice() {
        b"" => false,
        b"*" => true,
        _ => is_safe || means(value.as_bstr(), top),
    })
}

fn means(value: &BStr, top: &Path) -> bool {
    let path = |text: &[u8]| -> Option<PathBuf> {
        let path = match text.strip_prefix(b"~/") {
            Some(rest) => PathBuf::from(env::var_os("HOME")?).join(rest.to_path().ok()?),
            None => text.to_path().ok()?.to_owned(),
        };
        path.canonicalize().ok()
    };
    if !value.starts_with(b"/") && !value.starts_with(b"~/") && !cfg!(windows) {
        return false;
    }
    match value.strip_suffix(b"/*") {
        Some(above) => path(above).is_some_and(|above| top != above && top.starts_with(above)),
        None => path(value) == Some(top.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_last_counts() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().canonicalize().unwrap().join("a/b");
        fs_err::create_dir_all(place.join(".git/objects")).unwrap();
        fs_err::write(place.join(".git/HEAD"), "").unwrap();
        fs_err::create_dir_all(place.join("c/d")).unwrap();
        let check = |values: &[&str], expect: bool| {
            let full = |value: &&str| match value.strip_prefix('@') {
                Some(rest) => format!("{}/{rest}", home.path().display()),
                None => (*value).to_owned(),
            };
            let said: Vec<BString> = values.iter().map(full).map(BString::from).collect();
            for path in [place.join("c/d"), place.clone(), place.join(".git")] {
                assert_eq!(top(&path).is_some_and(|top| is_safe(&said, &top)), expect, "{values:?} {path:?}");
            }
        };
        for safe in [&["*"][..], &["@a/b"], &["@a/*"], &["@x", "@a/b/../b"], &["", "@a/b"]] {
            check(safe, true);
        }
        for unsafe_ in [&[][..], &["@a"], &["@a/b/c"], &["*", ""], &["@a/b/*"], &["a/b"], &["@nowhere"]] {
            check(unsafe_, false);
        }
        assert_eq!(top(home.path()), None);
    }
}
