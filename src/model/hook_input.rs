//! What git hands to hooks on standard input: lines of ids and ref names (githooks(5)).
//!
//! Ids and the names of refs hold no spaces, but what a person typed as the source of a push may:
//! `git push origin 'HEAD^{/two words}:refs/heads/x'`. A line that is not of the form is no line of
//! git's: of a push it is an error, because what cannot be read must not pass; else it is left out.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::push::Update;
use crate::model::ref_text;

/// The lines of `pre-push`: `<local ref> <local id> <remote ref> <remote id>`; the error is the first
/// that is none.
pub fn pushed(input: &[u8]) -> Result<Vec<Update>, BString> {
    let update = |line: &[u8]| {
        let mut words = line.rsplitn_str(4, " ");
        let (old, name, new) = (words.next()?, words.next()?, words.next()?);
        words.next()?;
        Some(Update { name: ref_text::text(name.as_bstr()), old: id(old)?, new: id(new)? })
    };
    input.lines().map(|line| update(line).ok_or_else(|| line.into())).collect()
}

/// The lines of `pre-receive`: `<old id> <new id> <ref>`; the error is the first that is none, or that
/// has no end.
pub fn received(input: &[u8]) -> Result<Vec<Update>, BString> {
    let update = |line: &[u8]| {
        let mut words = line.strip_suffix(b"\n")?.splitn_str(3, " ");
        let (old, new, name) = (words.next()?, words.next()?, words.next()?);
        Some(Update { name: ref_text::text(name.as_bstr()), old: id(old)?, new: id(new)? })
    };
    input.lines_with_terminator().map(|line| update(line).ok_or_else(|| line.trim_end().into())).collect()
}

/// The lines of `post-rewrite`, `<old id> <new id>` and maybe more: for each new commit the one that
/// it replaced.
pub fn rewritten(input: &[u8]) -> HashMap<ObjectId, ObjectId> {
    let pair = |line: &[u8]| {
        let mut words = line.fields();
        let (old, new) = (id(words.next()?)??, id(words.next()?)??);
        Some((new, old))
    };
    input.lines().filter_map(pair).collect()
}

/// An id, of which zeros stand for none; nothing if it is not one.
fn id(hex: &[u8]) -> Option<Option<ObjectId>> {
    let id = ObjectId::from_hex(hex).ok()?;
    Some((!id.is_null()).then_some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const NONE: &str = "0000000000000000000000000000000000000000";

    fn one() -> Option<ObjectId> {
        ObjectId::from_hex(ONE.as_bytes()).ok()
    }

    #[test]
    fn a_push_is_read_from_its_end() {
        let check = |line: &str, expect: &[(&str, Option<ObjectId>, Option<ObjectId>)]| {
            let updates = pushed(line.as_bytes()).expect("lines of git's");
            let said: Vec<_> = updates.iter().map(|one| (one.name.as_str(), one.old, one.new)).collect();
            assert_eq!(said, expect, "{line:?}");
        };
        check(&format!("refs/heads/a {ONE} refs/heads/b {NONE}\n"), &[("refs/heads/b", None, one())]);
        check(&format!("(delete) {NONE} refs/heads/b {ONE}\n"), &[("refs/heads/b", one(), None)]);
        check(&format!("HEAD^{{/two words}} {ONE} refs/heads/b {NONE}"), &[("refs/heads/b", None, one())]);
        check("", &[]);
        let latin = [b"x ", ONE.as_bytes(), b" refs/heads/\xe9 ", NONE.as_bytes()].concat();
        assert_eq!(pushed(&latin).expect("a line")[0].name, "refs/heads/\\xe9", "no other name is the same");
        let short = format!("{ONE} refs/heads/b {NONE}");
        assert_eq!(pushed(format!("{short}\n").as_bytes()), Err(short.into()));
    }

    #[test]
    fn what_a_server_cannot_read_it_does_not_take() {
        let good = format!("{NONE} {ONE} refs/heads/a");
        let update = Update { name: "refs/heads/a".into(), old: None, new: one() };
        assert_eq!(received(format!("{good}\n").as_bytes()), Ok(vec![update]));
        assert_eq!(received(format!("{good}\nx y z\n").as_bytes()), Err("x y z".into()));
        assert_eq!(received(good.as_bytes()), Err(good.into()), "the name may go on");
    }

    #[test]
    fn what_replaced_a_commit_is_found_by_its_new_id() {
        let line = format!("{ONE} {} extra\n{ONE} {NONE}\n", ONE.replace('1', "2"));
        let pairs = rewritten(line.as_bytes());
        assert_eq!(
            pairs.values().copied().collect::<Vec<_>>(),
            Vec::from_iter(one()),
            "none replaces nothing"
        );
    }
}
