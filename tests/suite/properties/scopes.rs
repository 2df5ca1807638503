//! What a scope pattern matches: against `git ls-files ':(glob)…'`, and against a matcher that tries
//! every way.
//!
//! Two differences are meant (design.md section 4): a pattern without a trailing `/` does not stand
//! for what lies below the path, and one with it stands for all that lies below what it matches.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use orchestrate::model::pattern::Pattern;
use proptest::prelude::*;
use proptest::sample::select;

use super::{git, hold};
use crate::sandbox::Sandbox;

/// Names of files and directories, with all that a pattern treats specially.
const NAMES: [&str; 18] =
    ["a", "b", "ab", "A", "a.b", ".a", "é", "[ab]", "*", "a*", "?", "]", "-", "a b", "{a}", "!a", "0", "a-b"];

/// Pieces of components of patterns.
const PIECES: [&str; 24] = [
    "a",
    "a",
    "b",
    "*",
    "*",
    "?",
    "[ab]",
    "[!a]",
    "[^b]",
    "[a-c]",
    "[]a]",
    "[a-]",
    "[[:alpha:]]",
    "[[:upper:]0]",
    "[!-a]",
    r"\*",
    r"\[",
    r"\]",
    r"\?",
    ".",
    "é",
    "-",
    "[*]",
    r"[\]a]",
];

/// Patterns of one to three components over [`PIECES`].
pub fn patterns() -> impl Strategy<Value = Pattern> {
    let component = prop_oneof![
        6 => prop::collection::vec(select(&PIECES[..]), 1..4).prop_map(|pieces| pieces.concat()),
        2 => Just("**".to_owned()),
        1 => select(&NAMES[..]).prop_map(str::to_owned),
    ];
    (prop::collection::vec(component, 1..4), prop::bool::weighted(0.3))
        .prop_map(|(parts, subtree)| parts.join("/") + if subtree { "/" } else { "" })
        .prop_filter_map("no pattern", |text| Pattern::parse(&text).ok())
}

/// A repository whose index has all paths of `depth` components; at one depth no path is both a
/// file and a directory.
fn all_paths(depth: usize) -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "--quiet"]).ok();
    let mut paths = vec![String::new()];
    for level in 0..depth {
        let names = if depth > 2 { &NAMES[..9] } else { &NAMES[..] };
        let slash = if level == 0 { "" } else { "/" };
        let below =
            |path: &String| names.iter().map(move |name| format!("{path}{slash}{name}")).collect::<Vec<_>>();
        paths = paths.iter().flat_map(below).collect();
    }
    let blob = git(&sandbox, &["hash-object", "-w", "--stdin"], b"x");
    let blob = blob.to_str().expect("hex").trim();
    let lines: String = paths.iter().map(|path| format!("100644 {blob} 0\t{path}\n")).collect();
    git(&sandbox, &["update-index", "--index-info"], lines.as_bytes());
    (sandbox, paths)
}

/// The paths that git selects.
fn selected(sandbox: &Sandbox, pattern: &Pattern) -> BTreeSet<String> {
    let text = pattern.as_str();
    let below = if text.ends_with('/') && !pattern.is_literal() { "**" } else { "" };
    let pathspecs = [format!(":(glob){text}"), format!(":(glob){text}{below}")];
    let out = git(sandbox, &["ls-files", "-z", "--", &pathspecs[0], &pathspecs[1]], b"");
    out.split_str("\0").filter(|path| !path.is_empty()).map(|path| path.to_str_lossy().into_owned()).collect()
}

#[test]
fn patterns_match_what_git_selects() {
    let repositories = [all_paths(1), all_paths(2), all_paths(3)];
    hold(150, &patterns(), |pattern| {
        for (sandbox, paths) in &repositories {
            let selected = selected(sandbox, &pattern);
            let directory = format!("{pattern}/");
            for path in paths {
                let ours = pattern.matches(path.as_str().into());
                let git = selected.contains(path);
                if git && !ours && path.starts_with(&directory) {
                    continue;
                }
                prop_assert_eq!(ours, git, "{} and the path {}", &pattern, path);
            }
        }
        Ok(())
    });
}

#[test]
fn patterns_match_what_every_way_of_matching_finds() {
    let names = prop::collection::vec(select(&NAMES[..]), 1..5).prop_map(|parts| parts.join("/"));
    hold(1500, &(patterns(), prop::collection::vec(names, 30)), |(pattern, paths)| {
        for path in paths {
            let expect = expected(pattern.as_str(), &path);
            prop_assert_eq!(pattern.matches(path.as_str().into()), expect, "{} and {}", &pattern, path);
        }
        Ok(())
    });
}

/// Whether a path is meant, by trying every way to divide it.
fn expected(pattern: &str, path: &str) -> bool {
    let glob = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
    let parts: Vec<&str> = glob.split('/').collect();
    let names: Vec<&str> = path.split('/').collect();
    let verbatim = match pattern.strip_suffix('/') {
        Some(_) => path.starts_with(pattern) && path.len() > pattern.len(),
        None => path == pattern,
    };
    components(&parts, &names) || verbatim && !is_escaped_literal(pattern)
}

/// A literal with escapes names only what the escapes stand for.
fn is_escaped_literal(pattern: &str) -> bool {
    let bare = pattern.replace(r"\*", "").replace(r"\[", "").replace(r"\]", "").replace(r"\?", "");
    bare.len() != pattern.len() && !bare.contains(['*', '?', '['])
}

fn components(parts: &[&str], names: &[&str]) -> bool {
    match parts {
        [] => names.is_empty(),
        ["**"] => !names.is_empty(),
        ["**", rest @ ..] => (0..names.len()).any(|skipped| components(rest, &names[skipped..])),
        [part, rest @ ..] => names
            .split_first()
            .is_some_and(|(name, below)| bytes(part.as_bytes(), name.as_bytes()) && components(rest, below)),
    }
}

fn bytes(part: &[u8], name: &[u8]) -> bool {
    match part {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|taken| bytes(rest, &name[taken..])),
        [b'?', rest @ ..] => !name.is_empty() && bytes(rest, &name[1..]),
        [b'\\', byte, rest @ ..] => name.first() == Some(byte) && bytes(rest, &name[1..]),
        [b'[', rest @ ..] => {
            let (members, rest) = bracket(rest);
            name.first().is_some_and(|byte| members(*byte)) && bytes(rest, &name[1..])
        }
        [byte, rest @ ..] => name.first() == Some(byte) && bytes(rest, &name[1..]),
    }
}

/// Which bytes the brackets of [`PIECES`] have, by name.
fn bracket(text: &[u8]) -> (fn(u8) -> bool, &[u8]) {
    type Members = (&'static str, fn(u8) -> bool);
    let all: [Members; 10] = [
        ("ab]", |byte| matches!(byte, b'a' | b'b')),
        ("!a]", |byte| byte != b'a'),
        ("^b]", |byte| byte != b'b'),
        ("a-c]", |byte| matches!(byte, b'a'..=b'c')),
        ("]a]", |byte| matches!(byte, b']' | b'a')),
        ("a-]", |byte| matches!(byte, b'a' | b'-')),
        ("[:alpha:]]", |byte| byte.is_ascii_alphabetic()),
        ("[:upper:]0]", |byte| byte.is_ascii_uppercase() || byte == b'0'),
        ("!-a]", |byte| !matches!(byte, b'-' | b'a')),
        ("*]", |byte| byte == b'*'),
    ];
    if let Some(rest) = text.strip_prefix(br"\]a]") {
        return (|byte| matches!(byte, b']' | b'a'), rest);
    }
    let known =
        all.into_iter().find_map(|(name, members)| Some((members, text.strip_prefix(name.as_bytes())?)));
    known.expect("a bracket of this table")
}
