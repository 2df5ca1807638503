//! Chains of entries: order, files, and appending at the same time.

use bstr::{BStr, ByteSlice};
use orchestrate::git::Repository;

use super::{fsck, open};
use crate::sandbox::Sandbox;

const REF: &str = "refs/orchestrate/run/journal/task-1";

#[test]
fn entries_come_back_newest_first() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    assert_eq!(repo.chain(REF).unwrap(), []);
    let first = repo.append_link(REF, "started\n\nTask: task-1\n", &[]).unwrap();
    let second = repo.append_link(REF, "announced", &[("payload", b"x"), ("dir/y", b"")]).unwrap();
    let chain = repo.chain(REF).unwrap();
    assert_eq!(chain.iter().map(|link| link.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(chain[1].message.as_bstr(), "started\n\nTask: task-1\n");
    assert_eq!(chain[1].tree_id, repo.empty_tree());
    let payload = repo.tree_entry(chain[0].tree_id, BStr::new("payload")).unwrap().expect("it was given");
    assert_eq!(repo.blob(payload.id).unwrap(), b"x");
    fsck(&sandbox);
}

#[test]
fn entries_appended_at_once_are_all_there() {
    let sandbox = Sandbox::repository();
    open(&sandbox, ".");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let repo = Repository::open(&sandbox.root).unwrap();
                for n in 0..10 {
                    repo.append_link(REF, &format!("{writer} {n}"), &[]).unwrap();
                }
            });
        }
    });
    let chain = open(&sandbox, ".").chain(REF).unwrap();
    assert_eq!(chain.len(), 80);
    for writer in 0..8 {
        let own = chain.iter().filter(|link| link.message.starts_with(format!("{writer} ").as_bytes()));
        let numbers: Vec<_> =
            own.map(|link| link.message.trim()[2..].to_str().unwrap().parse::<u32>().unwrap()).collect();
        assert_eq!(numbers, (0..10).rev().collect::<Vec<_>>(), "a writer's own order is kept");
    }
}
