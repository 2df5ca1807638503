//! Real file systems: one that is read-only, and one that is full.
//!
//! They are mounted in a name space of their own, which not every container allows; where it does not,
//! the struck calls of `disk` have to do.

use std::io::Write as _;

use crate::sandbox::{Said, Sandbox};

/// Runs a shell script that may mount; `None` where nobody may.
fn mounting(sandbox: &Sandbox, script: &str) -> Option<Said> {
    let unshare = |script: &str| -> Said {
        let mut command = sandbox.command("unshare", &sandbox.root);
        command.args(["--map-root-user", "--mount", "sh", "-euc", script]);
        command.output().map_or(Said { code: 127, out: String::new(), err: String::new() }, Said::from)
    };
    if unshare("mount -t tmpfs none /mnt").code != 0 {
        // Past the capture of the test's output, so that nobody takes it for tried.
        let _ = writeln!(std::io::stderr(), "skipped: nothing can be mounted here");
        return None;
    }
    Some(unshare(script))
}

#[test]
fn a_read_only_repository_can_be_read() {
    let sandbox = super::scenes::finished::<false>();
    sandbox.write("worktrees/task-1-api/api/a.py", "three\n");
    let script = r#"
        mount --bind . . && mount -o remount,bind,ro . && cd "$PWD"
        git orchestrate status >/dev/null
        git orchestrate verify >/dev/null
        git orchestrate integrate --dry-run >/dev/null
        cd worktrees/task-1-api
        git worker status >/dev/null
        git worker check api/a.py >/dev/null
        for verb in "worker checkpoint -m Three" "worker reopen -m Again" "orchestrate integrate" \
            "orchestrate start --recreate task-2" "orchestrate cleanup"; do
            code=0; git $verb >../../../said 2>&1 || code=$?
            echo "$verb: $code $(grep -c '^error: ' ../../../said) $(grep -c '^hint: make the repository writable' ../../../said)"
        done
    "#;
    let Some(said) = mounting(&sandbox, script) else { return };
    let said = said.ok().out;
    for line in said.lines() {
        assert!(line.ends_with(": 2 1 1"), "exit 2, one error and the remedy: {said}");
    }
    assert_eq!(said.lines().count(), 5, "{said}");
    crate::sound::check(&sandbox);
}

#[test]
fn a_full_disk_loses_nothing() {
    let sandbox = super::scenes::planned();
    let script = r#"
        mkdir ../small && mount -t tmpfs -o size=400m none ../small
        cp -a . ../small/repo && cd ../small/repo
        left() { df --output=avail -k . | tail -1; }
        fill() { dd if=/dev/zero of=../filler bs=1k count=$(($(left) - $1)) 2>/dev/null || true; }
        for room in 4 40 200 5000; do
            fill $room
            code=0; git orchestrate start --yes >../../said 2>&1 || code=$?
            echo "$code $(grep -c '^error: ' ../../said) $(grep -c '^hint: make room' ../../said)"
            find .git/orchestrate/hooks -type f -size 0 2>/dev/null || true
            rm ../filler
        done
        git orchestrate start --yes >/dev/null 2>&1
        git fsck --strict --no-dangling --no-progress
        git -C worktrees/task-1-api status --porcelain
        echo x >worktrees/task-1-api/README && git -C worktrees/task-1-api add README
        git -C worktrees/task-1-api commit -qm "[CHECKPOINT] Outside" 2>/dev/null || echo refused
    "#;
    let Some(said) = mounting(&sandbox, script) else { return };
    let said = said.ok().out;
    let lines: Vec<&str> = said.lines().collect();
    let (full, rest) = lines.split_at(4.min(lines.len()));
    for line in full {
        let numbers: Vec<u32> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let is_told = matches!(numbers[..], [2, errors, hints] if errors > 0 && hints > 0);
        assert!(is_told, "exit 2, an error and the remedy: {said}");
    }
    assert_eq!(rest, ["refused"], "afterwards everything is there, and the hooks work: {said}");
}
