//! What only a worktree knows of is not lost when a command takes the worktree away.

use crate::cleanup::{RUN, TREE, cleanup, landed};
use crate::sandbox::{Said, Sandbox};

const ALL: [&str; 3] = ["Mine", "One", "Side"];
const FILE: &str = "static/js/analytics/charts.js";

/// A shell in the scenario's repository, as a person types what a hint says.
fn typed(sandbox: &Sandbox, command: &str) -> Said {
    let mut shell = sandbox.command("sh", &sandbox.root);
    shell.args(["-ec", command]);
    Said::of(shell, b"")
}

/// A rebase that has stopped, with a change to [`FILE`] in its autostash.
fn stopped() -> Sandbox {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/{FILE}"), "precious\n");
    let rebase = "rebase --quiet --interactive --autostash HEAD~1";
    typed(&sandbox, &format!("git -C {TREE} -c sequence.editor='sed -i 1s/pick/edit/' {rebase}")).ok();
    assert_eq!(sandbox.git_in(TREE, &["status", "--porcelain"]).ok().out, "", "git shows nothing");
    sandbox
}

/// What the refs below the run's backups have of [`FILE`].
fn kept(sandbox: &Sandbox, below: &str) -> Vec<String> {
    let refs = ["for-each-ref", "--format=%(refname)", &format!("{RUN}/backup/{below}")];
    let refs = sandbox.git(&refs).ok().out;
    refs.lines().map(|name| sandbox.git(&["show", &format!("{name}:{FILE}")]).ok().out).collect()
}

#[test]
fn work_in_an_autostash_stays() {
    let sandbox = stopped();
    let said = cleanup(&sandbox, &[]).fails(1);
    assert!(
        said.out.contains("a rebase has stopped in it, with uncommitted work in its autostash"),
        "{}",
        said.out
    );
    let hint = said.out.lines().find_map(|line| line.strip_prefix("hint: git -C ")).expect("a hint");
    let (_, abort) = hint.split_once(", or ").expect("two ways");
    typed(&sandbox, abort.split_once(';').expect("and a third").0).ok();
    assert_eq!(sandbox.read(&format!("{TREE}/{FILE}")), "precious\n");
    assert!(cleanup(&sandbox, &[]).fails(1).out.contains(&format!("not committed: {FILE}\n")));
}

#[test]
fn an_autostash_is_backed_up_when_a_person_insists() {
    let sandbox = stopped();
    let said = cleanup(&sandbox, &["--force"]).ok();
    let name = format!("{RUN}/backup/autostash/task-3-frontend/1");
    assert!(said.out.contains(&format!("{TREE}: its autostash is kept at {name}\n")), "{}", said.out);
    assert_eq!(kept(&sandbox, "autostash"), ["precious\n"]);
    typed(&sandbox, &format!("git stash apply --quiet {name}")).ok();
    assert_eq!(sandbox.read(FILE), "precious\n", "and can be had again");
}

#[test]
fn the_autostash_of_a_merge_is_no_other() {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/{FILE}"), "precious\n");
    sandbox.git_in(TREE, &["merge", "--quiet", "--no-commit", "--no-ff", "--autostash", "main"]).ok();
    cleanup(&sandbox, &[]).fails(1);
    sandbox.git_in(TREE, &["rev-parse", "--verify", "MERGE_AUTOSTASH"]).ok();
    cleanup(&sandbox, &["--force"]).ok();
    assert_eq!(kept(&sandbox, "autostash"), ["precious\n"]);
}

#[test]
fn a_commit_that_only_a_ref_of_the_worktree_has_is_backed_up() {
    let sandbox = landed();
    let lone = "git commit-tree -p HEAD -m Lone HEAD^{tree}";
    typed(&sandbox, &format!("cd {TREE}; git update-ref refs/worktree/mine $({lone})")).ok();
    typed(&sandbox, &format!("cd {TREE}; git update-ref refs/worktree/same HEAD")).ok();
    let lone = sandbox.git_in(TREE, &["rev-parse", "refs/worktree/mine"]).ok().out;
    let said = cleanup(&sandbox, &[]).ok();
    let name = format!("{RUN}/backup/worktree-refs/task-3-frontend/1");
    assert!(said.out.contains(&format!("its refs/worktree/mine is kept at {name}\n")), "{}", said.out);
    assert_eq!(sandbox.git(&["rev-parse", &name]).ok().out, lone);
    let all = sandbox.git(&["for-each-ref", &format!("{RUN}/backup/worktree-refs")]).ok().out;
    assert_eq!(all.lines().count(), 1, "what others have is not kept twice");
}

#[test]
fn commits_made_on_a_detached_head_are_backed_up() {
    let sandbox = landed();
    let commit = "git -c core.hooksPath=/dev/null commit -q --allow-empty";
    let work = format!(
        "cd {TREE}; git switch -q --detach; {commit} -m First; {commit} -m Wrong; {commit} --amend -m Second
         git switch -q --detach HEAD~2; {commit} -m Other; {commit} -m Found; git tag found; git switch -q work/task-3-frontend"
    );
    typed(&sandbox, &work).ok();
    // What was amended or rebased on the branch was meant to go.
    let task = "git switch -q work/task-3-frontend";
    let amend = format!("{commit} -m Before; {commit} --amend -m After; git reset -q --hard HEAD~1");
    typed(
        &sandbox,
        &format!(
            "cd {TREE}; {task}; {amend}; git rebase -q --force-rebase HEAD~1; git reset -q --hard ORIG_HEAD"
        ),
    )
    .ok();
    let said = cleanup(&sandbox, &[]).ok();
    let name = format!("{RUN}/backup/detached/task-3-frontend/1");
    assert!(said.out.contains(&format!("its detached HEAD is kept at {name}\n")), "{}", said.out);
    let log = ["log", "--format=%s", "-2", &name];
    assert_eq!(sandbox.git(&log).ok().out, "Second\nFirst\n");
    let all = sandbox.git(&["for-each-ref", &format!("{RUN}/backup/detached")]).ok().out;
    assert_eq!(all.lines().count(), 1, "what a tag has is not kept twice: {all}");
}

#[test]
fn recreating_a_worktree_keeps_them_too() {
    let sandbox = stopped();
    let recreate = ["orchestrate", "start", "--yes", "--recreate", "task-3-frontend"];
    let said = sandbox.git(&recreate).fails(1);
    assert!(said.err.contains("has changes that recreating it would lose"), "{}", said.err);
    sandbox.git_in(TREE, &["rebase", "--abort"]).ok();
    sandbox.git_in(TREE, &["checkout", "--", "."]).ok();
    typed(
        &sandbox,
        &format!("cd {TREE}; git update-ref refs/worktree/mine $(git commit-tree -m Lone HEAD^{{tree}})"),
    )
    .ok();
    let said = sandbox.git(&recreate).ok();
    let name = format!("{RUN}/backup/worktree-refs/task-3-frontend/1");
    assert!(said.out.contains(&format!("its refs/worktree/mine is kept at {name}\n")), "{}", said.out);
}

#[test]
fn what_lies_in_the_private_worktree_is_kept_too() {
    let sandbox = crate::conflict::finished();
    crate::conflict::integrate(&sandbox, &[]).fails(1);
    let reset = "git reset -q --hard; echo precious >list";
    let rebase = "git -c sequence.editor='echo break >' rebase -q -i --autostash HEAD";
    typed(&sandbox, &format!("cd {}; {reset}; {rebase}", crate::conflict::BENCH)).ok();
    let said = crate::conflict::integrate(&sandbox, &["--abort"]).ok();
    let name = "refs/orchestrate/r/backup/autostash/resolution/1";
    assert!(said.out.contains(&format!("kept as {name}")), "{}", said.out);
    assert_eq!(sandbox.git(&["show", &format!("{name}:list")]).ok().out, "precious\n");
}

/// The landed run with a submodule in a worktree; two commits in there are nowhere else, one of
/// which the base has by now.
fn with_submodule() -> Sandbox {
    let sandbox = landed();
    let lib = "git init -q -b main ../lib && cd ../lib && git commit -q --allow-empty -m One";
    typed(&sandbox, lib).ok();
    let plain = "-c protocol.file.allow=always -c core.hooksPath=/dev/null";
    let add = format!(
        "git {plain} submodule --quiet add \"$PWD/../lib\" vendor/lib && git {plain} commit -q -m Vendor"
    );
    typed(&sandbox, &add).ok();
    let enter = format!(
        "cd {TREE}; git {plain} merge -q main; git {plain} submodule --quiet update --init; cd vendor/lib"
    );
    let work = "git switch -q -c side; git commit -q --allow-empty -m Side; git switch -q --detach; git commit -q --allow-empty -m Mine";
    typed(&sandbox, &format!("{enter}; {work}")).ok();
    typed(&sandbox, &format!("cd {TREE}; git add vendor/lib; git {plain} commit -q -m Move; cd -; git merge -q work/task-3-frontend")).ok();
    sandbox
}

/// What the submodule's repository has, in order.
fn subjects(sandbox: &Sandbox, place: &str) -> Vec<String> {
    let mut log: Vec<String> =
        sandbox.git_in(place, &["log", "--all", "--format=%s"]).ok().out.lines().map(str::to_owned).collect();
    log.sort();
    log
}

/// The remedy's commands, after its words.
fn commands(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("set it aside, then again: ")).expect("a remedy");
    line.split_once("then again: ").expect("it has commands").1.to_owned()
}

#[test]
fn a_submodule_with_commits_of_its_own_stays() {
    for args in [&[][..], &["--force"]] {
        let sandbox = with_submodule();
        let said = cleanup(&sandbox, args).fails(1);
        assert!(said.out.contains("a repository of its own is in it: vendor/lib\n"), "{}", said.out);
        assert!(said.out.contains("hint: push what it has of its own, or set it aside"), "{}", said.out);
        assert_eq!(subjects(&sandbox, &format!("{TREE}/vendor/lib")), ALL);
        typed(&sandbox, &commands(&said.out)).ok();
        cleanup(&sandbox, args).ok();
        let aside = format!("{TREE}-vendor-lib");
        assert_eq!(subjects(&sandbox, &aside), ALL);
        assert_eq!(sandbox.git_in(&aside, &["status", "--porcelain"]).ok().out, "");
    }
}

#[test]
fn a_submodule_that_is_published_is_not_in_the_way() {
    let sandbox = with_submodule();
    cleanup(&sandbox, &[]).fails(1);
    typed(&sandbox, &format!("git -C {TREE}/vendor/lib push -q origin side HEAD:refs/heads/mine")).ok();
    cleanup(&sandbox, &[]).ok();
    assert!(!sandbox.root.join(TREE).exists());
    assert_eq!(sandbox.git_in("../lib", &["log", "--branches", "--format=%s"]).ok().out.lines().count(), 3);
}

/// The directory is gone; what was staged there and never committed is not.
#[test]
fn what_was_staged_in_a_deleted_worktree_is_backed_up() {
    let sandbox = landed();
    sandbox.write(&format!("{TREE}/{FILE}"), "precious\n");
    sandbox.git_in(TREE, &["add", FILE]).ok();
    std::fs::remove_dir_all(sandbox.root.join(TREE)).expect("a worktree");
    cleanup(&sandbox, &[]).fails(1);
    // start brings it back with that, and it is committed or taken away as ever.
    sandbox.git(&["orchestrate", "start", "--yes"]).ok();
    assert_eq!(sandbox.git_in(TREE, &["show", &format!(":{FILE}")]).ok().out, "precious\n");
    std::fs::remove_dir_all(sandbox.root.join(TREE)).expect("a worktree");
    let said = cleanup(&sandbox, &["--force"]).ok();
    let name = format!("{RUN}/backup/staged/task-3-frontend/1");
    assert!(said.out.contains(&format!("{TREE}: its index is kept at {name}\n")), "{}", said.out);
    assert_eq!(kept(&sandbox, "staged"), ["precious\n"]);
    typed(&sandbox, &format!("git restore --source={name} -- {FILE}")).ok();
    assert_eq!(sandbox.read(FILE), "precious\n", "and can be had again");
}

#[test]
fn a_deleted_worktree_in_which_nothing_was_staged_leaves_no_backup() {
    let sandbox = landed();
    std::fs::remove_dir_all(sandbox.root.join(TREE)).expect("a worktree");
    cleanup(&sandbox, &["--force"]).ok();
    assert!(kept(&sandbox, "staged").is_empty());
}

#[test]
fn a_submodule_whose_files_are_gone_stays() {
    let sandbox = with_submodule();
    typed(&sandbox, &format!("git -C {TREE} submodule --quiet deinit vendor/lib")).ok();
    let said = cleanup(&sandbox, &["--force"]).fails(1);
    assert!(said.out.contains("a repository of its own is in it: vendor/lib\n"), "{}", said.out);
    typed(&sandbox, &commands(&said.out)).ok();
    cleanup(&sandbox, &["--force"]).ok();
    let aside = format!("{TREE}-vendor-lib");
    assert_eq!(subjects(&sandbox, &aside), ALL);
}

#[test]
fn recreating_keeps_submodules() {
    let sandbox = with_submodule();
    let recreate = ["orchestrate", "start", "--yes", "--recreate", "task-3-frontend"];
    let said = sandbox.git(&recreate).fails(1);
    assert!(said.err.contains("has a repository of its own in it: vendor/lib\n"), "{}", said.err);
    typed(&sandbox, &commands(&said.err)).ok();
    sandbox.git(&recreate).ok();
    let aside = format!("{TREE}-vendor-lib");
    assert_eq!(subjects(&sandbox, &aside), ALL);
}

#[test]
fn a_submodule_in_the_private_worktree_stays() {
    let sandbox = crate::conflict::finished();
    crate::conflict::integrate(&sandbox, &[]).fails(1);
    let bench = crate::conflict::BENCH;
    typed(&sandbox, "git init -q -b main ../lib && cd ../lib && git commit -q --allow-empty -m One").ok();
    let add = "git -c protocol.file.allow=always submodule --quiet add";
    typed(
        &sandbox,
        &format!(
            "lib=$PWD/../lib; cd {bench}; {add} \"$lib\" lib; cd lib; git commit -q --allow-empty -m Mine"
        ),
    )
    .ok();
    let said = crate::conflict::integrate(&sandbox, &["--abort"]).fails(2);
    assert!(said.err.contains("lib is a repository of its own"), "{}", said.err);
    typed(&sandbox, &commands(&said.err)).ok();
    crate::conflict::integrate(&sandbox, &["--abort"]).ok();
    let log = sandbox.git_in(&format!("{bench}-lib"), &["log", "--format=%s"]).ok().out;
    assert_eq!(log, "Mine\nOne\n");
}

#[test]
fn what_a_rebase_on_a_detached_head_came_to_is_backed_up() {
    let sandbox = landed();
    let commit = "git -c core.hooksPath=/dev/null commit -q --allow-empty";
    let rebase = "git -c core.hooksPath=/dev/null rebase -q --force-rebase --keep-empty";
    let work = format!(
        "cd {TREE}; git switch -q --detach; {commit} -m One; {rebase} HEAD~1; {commit} -m Two
         git switch -q work/task-3-frontend
         git switch -q --detach; GIT_SEQUENCE_EDITOR='sed -i s/^pick/edit/' {rebase} -i HEAD~1; git rebase --quit
         git switch -q work/task-3-frontend; git switch -q --detach; {commit} -m Three; git switch -q work/task-3-frontend"
    );
    typed(&sandbox, &work).ok();
    cleanup(&sandbox, &[]).ok();
    let kept =
        sandbox.git(&["log", "--format=%s", &format!("--glob={RUN}/backup/detached"), "--not", "main"]);
    let mut kept: Vec<String> = kept.ok().out.lines().map(str::to_owned).collect();
    kept.sort();
    assert_eq!(kept, ["One", "Three", "Two"], "one of them after a rebase that ended without a word");
}
