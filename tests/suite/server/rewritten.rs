//! A task's branch that is rewritten: its worker may, as long as no work of it is gone; and the remedies
//! that a refusal prints, typed as they stand there.

use super::cases::{Case, all, refused, taken};
use super::served::{Served, Start};

/// Three checkpoints are on the server.
const THREE: &str =
    "on work/task-1-api; for n in 1 2 3; do commit api/$n.py \"[CHECKPOINT] $n\"; done; push HEAD;";

fn after(then: &str) -> &'static str {
    format!("{THREE} {then}").leak()
}

#[test]
fn a_worker_rewrites_its_branch() {
    let moved = "git branch -q keep; on main; commit models/else.py Else; commit api/a.py Api; push main; git switch -q work/task-1-api;";
    let cases: &[Case] = &[
        taken(
            "amended with other content",
            after("echo other >api/3.py; git commit -qa --amend --no-edit"),
            "push -f HEAD",
        ),
        taken(
            "reworded in the middle",
            after(
                "GIT_SEQUENCE_EDITOR=\"sed -i '2s/pick/reword/'\" GIT_EDITOR='sed -i s/2/Two/' git rebase -q -i HEAD~3",
            ),
            "push -f HEAD",
        ),
        taken(
            "squashed into one",
            after("git reset -q --soft HEAD~3; git commit -qm '[CHECKPOINT] All'"),
            "push -f HEAD",
        ),
        taken(
            "in another order",
            after("GIT_SEQUENCE_EDITOR=\"sed -i '1{h;d};2{G}'\" git rebase -q -i HEAD~3"),
            "push -f HEAD",
        ),
        taken(
            "rebased onto a base that moved",
            after(&format!("{moved} git rebase -q main")),
            "push -f HEAD",
        ),
        taken(
            "rebased onto a base that has one of its commits already",
            after(&format!(
                "{moved} git switch -q main; git cherry-pick keep~2 >/dev/null; git commit -q --amend -m 'One'; push main; git switch -q work/task-1-api; git rebase -q main"
            )),
            "push -f HEAD",
        ),
        taken(
            "rebased and gone on",
            after(&format!("{moved} git rebase -q main; commit api/4.py '[CHECKPOINT] 4'")),
            "push -f HEAD",
        ),
        taken(
            "without a commit that took another back",
            after(
                "git rm -q api/3.py; git commit -qm '[CHECKPOINT] Not 3'; push HEAD; git reset -q --hard HEAD~2",
            ),
            "push -f HEAD",
        ),
        taken(
            "without a commit that was never allowed",
            "on work/task-1-api; commit api/1.py '[CHECKPOINT] 1'; commit models/x.py '[CHECKPOINT] X'; git push -q --receive-pack='git -c core.hooksPath=/dev/null receive-pack' origin HEAD; git reset -q --hard HEAD~1",
            "push -f HEAD",
        ),
        taken(
            "put back once it has landed",
            after("commit api/4.py '[COMPLETE] 4'; push HEAD HEAD:main; git reset -q --hard HEAD~4"),
            "push -f HEAD",
        ),
        taken(
            "put back by who writes plans",
            after("origin config orchestrate.planWriter lead"),
            "REMOTE_USER=lead push -f origin/main:work/task-1-api",
        ),
        taken("taken back by a commit", after("git revert --no-edit HEAD >/dev/null"), "push HEAD"),
    ];
    all(cases);
}

#[test]
fn no_work_of_a_branch_is_discarded() {
    let cases: &[Case] = &[
        refused(
            "put back to the base",
            THREE,
            "push -f origin/main:work/task-1-api",
            &[
                "push/discarded  ",
                "work/task-1-api would lose this commit and what it did to api/1.py",
                "api/2.py",
                "api/3.py",
                "hint: to go on from it: git fetch <remote> work/task-1-api && git rebase FETCH_HEAD",
                "git revert <commit>",
            ],
        ),
        refused(
            "without its newest commit",
            after("git reset -q --hard HEAD~1"),
            "push -f HEAD",
            &["push/discarded", "api/3.py"],
        ),
        refused(
            "without one in the middle",
            after("GIT_SEQUENCE_EDITOR=\"sed -i 2d\" git rebase -q -i HEAD~3"),
            "push -f HEAD",
            &["push/discarded", "api/2.py"],
        ),
        refused(
            "by another worker's start",
            after("on work/task-1-api; commit api/other.py '[CHECKPOINT] Other'"),
            "push -f HEAD",
            &["push/discarded"],
        ),
        refused(
            "put back to a base that moved",
            after("on main; commit api/a.py Api; push main"),
            "push -f main:work/task-1-api",
            &["push/discarded", "api/1.py"],
        ),
        refused(
            "deleted, unmerged",
            THREE,
            "push :work/task-1-api",
            &[
                "push/unmerged",
                "hint: push what it was merged into first: git push <remote> main or git push <remote> integration/demo",
                "hint: if its work is to go, on the server: git -C ",
            ],
        ),
    ];
    all(cases);
}

/// What stands after a `hint:` and begins with `start`, with a remote in the place of its name.
fn hint(said: &str, start: &str) -> String {
    let lines = said.lines().filter_map(|line| line.trim_start_matches("remote: ").split_once("hint: "));
    let mut hints = lines.map(|(_, hint)| hint.trim());
    let line = hints.find_map(|hint| hint.find(start).map(|at| &hint[at..])).expect("there is such a hint");
    line.replace("<remote>", "origin")
}

#[test]
fn the_remedies_work_as_they_are_printed() {
    let served = Served::new(Start::Planned);
    served.sh(&format!("{THREE} git reset -q --hard HEAD~1; commit api/4.py '[CHECKPOINT] 4'")).ok();
    let said = served.sh("push -f HEAD").err;
    served.sh(&format!("{}; push HEAD", hint(&said, "git fetch"))).ok();
    // The rest of a push, whatever its branches are called here.
    let both = "on mine origin/main; commit models/x.py '[CHECKPOINT] X'; git tag -a -m v v1; on bad; commit README.txt x
        push mine:refs/heads/new; git commit -q --amend -m Other; git switch -q mine; git commit -q --amend -m Else
        push -f mine:work/task-2-models bad:work/task-3-docs v1 +mine:new";
    let said = served.sh(both).err;
    assert!(said.contains("work/task-3-docs"), "{said}");
    let rest = "on mine origin/main; commit models/x.py '[CHECKPOINT] X'; push mine:refs/heads/new; git commit -q --amend -m '[CHECKPOINT] Y'
        git tag -f -a -m v v1; git switch -q bad; push -f mine:work/task-2-models bad:work/task-3-docs v1 +mine:new";
    let said = served.sh(rest).err;
    served.sh(&format!("on elsewhere; {}", hint(&said, "git push"))).ok();
    assert!(served.refs().contains("refs/tags/v1") && served.refs().contains("work/task-2-models"));
    let said = served.sh("push :work/task-1-api").err;
    served.sh(&hint(&said, "git -C")).ok();
    assert!(!served.refs().contains("work/task-1-api"));
}
