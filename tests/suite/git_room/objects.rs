//! Objects: what git reads of ours, and we of git's.

use bstr::{BStr, ByteSlice};
use orchestrate::model::change::Kind;

use super::{fsck, id, line, open};
use crate::sandbox::Sandbox;

#[test]
fn git_reads_what_we_write() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    let files: [(&str, &[u8]); 3] = [("plan.toml", b"run = 1\n"), ("deep/er/x", b"\0"), ("deep/a", b"")];
    let tree = repo.write_files_tree(&files).unwrap();
    let parent = id(&sandbox, "HEAD");
    let commit = repo.write_commit(tree, &[parent], "Subject\n\nKey: value").unwrap();
    sandbox.git(&["branch", "ours", &commit.to_string()]).ok();

    let names = line(&sandbox, &["ls-tree", "-r", "--name-only", "ours"]);
    assert_eq!(names, "deep/a\ndeep/er/x\nplan.toml");
    assert_eq!(
        line(&sandbox, &["log", "-1", "--format=%an %s %(trailers:key=Key,valueonly)", "ours"]).trim(),
        "Ada Lovelace Subject value"
    );
    assert_eq!(line(&sandbox, &["show", "ours:plan.toml"]), "run = 1");
    let read = repo.commit(commit).unwrap();
    assert_eq!((read.tree_id, read.parent_ids), (tree, vec![parent]));
    assert_eq!(read.message, "Subject\n\nKey: value\n", "messages end with a newline, as git's do");
    assert!(repo.write_commit(tree, &[], "a\0b").is_err(), "git refuses NUL in messages");
    fsck(&sandbox);
}

#[test]
fn we_read_what_git_writes() {
    let sandbox = Sandbox::repository();
    let repo = open(&sandbox, ".");
    std::os::unix::fs::symlink("README", sandbox.root.join("link")).unwrap();
    sandbox.write("src/run.sh", "#!/bin/sh\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["update-index", "--chmod=+x", "src/run.sh"]).ok();
    let head = id(&sandbox, "HEAD").to_string();
    sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},vendor/lib")]).ok();
    sandbox.git(&["-c", "i18n.commitEncoding=latin1", "commit", "--quiet", "-m", "Zwei\n\nText"]).ok();

    let commit = repo.commit(id(&sandbox, "HEAD")).unwrap();
    assert_eq!(commit.time, 1_705_327_200);
    assert_eq!(
        (commit.author.as_bstr(), commit.message.as_bstr()),
        ("Ada Lovelace".into(), "Zwei\n\nText\n".into())
    );
    assert_eq!(commit.encoding, Some("latin1".into()));

    let kind = |path: &str| repo.tree_entry(commit.tree_id, BStr::new(path)).unwrap().map(|entry| entry.kind);
    assert_eq!(kind("README"), Some(Kind::File));
    assert_eq!(kind("link"), Some(Kind::Symlink));
    assert_eq!(kind("src/run.sh"), Some(Kind::Executable));
    assert_eq!(kind("vendor/lib"), Some(Kind::Submodule));
    for none in ["src", "src/none", "none", "README/x", ""] {
        assert_eq!(kind(none), None, "{none:?}");
    }
    let names = |dir: &str| repo.tree_names(commit.tree_id, BStr::new(dir)).unwrap();
    assert_eq!(names(""), ["README", "link", "src", "vendor"]);
    assert_eq!(names("src"), ["run.sh"]);
    assert_eq!(names("src/"), ["run.sh"]);
    assert!(names("none").is_empty() && names("README").is_empty());
    assert_eq!(repo.tree_names(repo.empty_tree(), BStr::new("")).unwrap(), [""; 0]);
    assert_eq!(repo.blob(id(&sandbox, "HEAD:README")).unwrap(), b"hello\n");
    assert!(repo.contains(commit.id) && !repo.contains(gix_hash::ObjectId::from_hex(&[b'7'; 40]).unwrap()));
}

#[test]
fn replace_refs_change_nothing() {
    let sandbox = Sandbox::repository();
    sandbox.write("secret", "x\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "Second"]).ok();
    let (head, tree) = (id(&sandbox, "HEAD"), id(&sandbox, "HEAD^{tree}"));
    sandbox.git(&["replace", "HEAD", "HEAD~"]).ok();
    assert_eq!(line(&sandbox, &["log", "-1", "--format=%s", &head.to_string()]), "Start", "git is fooled");
    let repo = open(&sandbox, ".");
    assert_eq!(repo.commit(head).unwrap().tree_id, tree, "objects are read as they are");
}

#[test]
fn nothing_is_below_what_is_no_directory() {
    let sandbox = Sandbox::repository();
    let entry = format!("160000,{},module", "1".repeat(40));
    sandbox.git(&["update-index", "--add", "--cacheinfo", &entry]).ok();
    sandbox.git(&["commit", "--quiet", "-m", "A submodule that is not here"]).ok();
    let repo = open(&sandbox, ".");
    let tree_id = repo.commit(id(&sandbox, "HEAD")).unwrap().tree_id;
    for path in ["module/inner", "README/inner", "none/inner"] {
        assert_eq!(repo.tree_entry(tree_id, BStr::new(path)).unwrap(), None, "{path}");
    }
}
