//! What is kept on disk counts only if it is exactly what was written, and never grows without end.

use std::path::PathBuf;

use orchestrate::git::Repository;
use orchestrate::git::cache::{MAX_BYTES, digest};

use crate::sandbox::Sandbox;

fn path(sandbox: &Sandbox) -> PathBuf {
    sandbox.root.join(".git/orchestrate/cache/answers")
}

fn keep(repo: &Repository, name: &str, answer: &[u8]) {
    let mut cache = repo.cache("answers");
    cache.keep(digest(name.as_bytes()).expect("a digest"), answer.to_vec());
    cache.store();
}

fn find(repo: &Repository, name: &str) -> Option<Vec<u8>> {
    let mut cache = repo.cache("answers");
    cache.find(digest(name.as_bytes()).expect("a digest")).map(<[u8]>::to_vec)
}

#[test]
fn an_answer_is_found_again_from_every_worktree_until_it_is_dropped() {
    let sandbox = Sandbox::repository();
    let repo = super::open(&sandbox, ".");
    assert_eq!(find(&repo, "one"), None);
    keep(&repo, "one", b"1");
    keep(&repo, "two", b"");
    sandbox.git(&["worktree", "add", "--quiet", "../other"]).ok();
    let other = super::open(&sandbox, "../other");
    assert_eq!(find(&other, "one").as_deref(), Some(&b"1"[..]), "an answer is found from another worktree");
    assert_eq!(find(&other, "two").as_deref(), Some(&b""[..]), "an empty answer is one");
    repo.drop_cache().expect("it is ours");
    assert_eq!(find(&other, "one"), None);
}

#[test]
fn a_damaged_file_counts_as_none() {
    let sandbox = Sandbox::repository();
    let repo = super::open(&sandbox, ".");
    keep(&repo, "one", b"first");
    keep(&repo, "two", b"second");
    let whole = std::fs::read(path(&sandbox)).expect("it is there");
    for length in 0..whole.len() {
        std::fs::write(path(&sandbox), &whole[..length]).expect("a written file");
        assert_eq!(find(&repo, "one"), None, "cut off after {length} bytes");
    }
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x20;
        std::fs::write(path(&sandbox), damaged).expect("a written file");
        assert_eq!(find(&repo, "one"), None, "another byte at {place}");
    }
    std::fs::write(path(&sandbox), [whole.as_slice(), b"x"].concat()).expect("a written file");
    assert_eq!(find(&repo, "one"), None, "one byte too many");
    keep(&repo, "three", b"third");
    assert_eq!(find(&repo, "three").as_deref(), Some(&b"third"[..]), "a damaged file is replaced");
}

#[test]
fn a_file_that_is_none_is_left_alone() {
    let sandbox = Sandbox::repository();
    let repo = super::open(&sandbox, ".");
    keep(&repo, "one", b"1");
    let elsewhere = sandbox.root.join("elsewhere");
    std::fs::rename(path(&sandbox), &elsewhere).expect("it is there");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&elsewhere, path(&sandbox)).expect("a link");
        assert_eq!(find(&repo, "one"), None, "a link is not followed");
        std::fs::remove_file(path(&sandbox)).expect("it is there");
        let pipe = path(&sandbox);
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().expect("it runs").success());
        assert_eq!(find(&repo, "one"), None, "nobody waits for a pipe");
        std::fs::remove_file(path(&sandbox)).expect("it is there");
    }
    let long = std::fs::File::create(path(&sandbox)).expect("a new file");
    long.set_len(1 << 40).expect("a hole");
    assert_eq!(find(&repo, "one"), None, "a file that is too long is not read");
    std::fs::remove_file(path(&sandbox)).expect("it is there");
    std::fs::create_dir(path(&sandbox)).expect("a directory");
    assert_eq!(find(&repo, "one"), None);
    keep(&repo, "one", b"1");
    assert!(path(&sandbox).is_dir(), "what cannot be written is not an error");
}

#[test]
fn the_file_keeps_what_was_used_last_and_stays_small() {
    let sandbox = Sandbox::repository();
    let repo = super::open(&sandbox, ".");
    let answer = vec![7; 60_000];
    keep(&repo, "first", b"still used");
    for round in 0..4 {
        let mut cache = repo.cache("answers");
        assert!(
            cache.find(digest(b"first").expect("a digest")).is_some(),
            "what is used stays, round {round}"
        );
        for number in 0..40 {
            let name = format!("{round} {number}");
            cache.keep(digest(name.as_bytes()).expect("a digest"), answer.clone());
        }
        cache.store();
        let length = path(&sandbox).metadata().expect("it is there").len();
        assert!(length <= MAX_BYTES as u64, "{length} bytes after round {round}");
    }
    assert!(find(&repo, "3 39").is_some(), "the newest is there");
    assert_eq!(find(&repo, "0 0"), None, "the oldest is not");
    keep(&repo, "long", &vec![0; 1 << 20]);
    assert_eq!(find(&repo, "long"), None, "one answer cannot take the place of all others");
}

#[test]
fn answers_are_found_in_whatever_order_they_are_asked_for() {
    let sandbox = Sandbox::repository();
    let repo = super::open(&sandbox, ".");
    let names = ["a", "b", "c", "d", "e", "f"];
    let key = |name: &str| digest(name.as_bytes()).expect("a digest");
    let mut cache = repo.cache("answers");
    names.iter().for_each(|name| cache.keep(key(name), name.as_bytes().to_vec()));
    cache.store();
    keep(&repo, "c", b"another");
    let orders = ["abcdef", "fedcba", "acebdf", "afbecd", "aabbff", "xaxbcx", "fxxxed", "cccabc"];
    for order in orders {
        let mut cache = repo.cache("answers");
        for name in order.split("").filter(|name| !name.is_empty()) {
            let expect = match name {
                "x" => None,
                "c" => Some("another"),
                name => Some(name),
            };
            assert_eq!(cache.find(key(name)), expect.map(str::as_bytes), "{name} of {order}");
        }
        cache.keep(key(order), order.as_bytes().to_vec());
        cache.store();
    }
    orders.iter().for_each(|order| assert_eq!(find(&repo, order).as_deref(), Some(order.as_bytes())));
}

#[test]
fn writers_at_once_leave_a_whole_file() {
    let sandbox = Sandbox::repository();
    super::open(&sandbox, ".");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let root = &sandbox.root;
            scope.spawn(move || {
                let repo = Repository::open(root).expect("a repository");
                for number in 0..20 {
                    keep(&repo, &format!("{writer} {number}"), format!("{writer} {number}").as_bytes());
                }
            });
        }
    });
    let repo = Repository::open(&sandbox.root).expect("a repository");
    let all = (0..8).flat_map(|writer| (0..20).map(move |number| format!("{writer} {number}")));
    let known = all.filter_map(|name| find(&repo, &name).map(|answer| (name, answer)));
    let known: Vec<_> = known.collect();
    assert!(!known.is_empty(), "the last writer's answer is there");
    assert!(known.iter().all(|(name, answer)| answer == name.as_bytes()), "no answer is another's");
    let files = std::fs::read_dir(path(&sandbox).parent().expect("a directory")).expect("it is there");
    assert_eq!(files.count(), 1, "no temporary file is left");
}
