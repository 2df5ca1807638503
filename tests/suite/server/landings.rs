//! What arrives on the integration branch and on the base: work of complete tasks, merges that bring
//! nothing else, and on the base whatever people do beside the run.

use super::cases::{Case, all, refused, taken};
use super::served::{Served, Start};

/// Tasks 1 and 2 are complete and on the server.
const BOTH: &str = "on work/task-2-models; commit models/x.py '[COMPLETE] M'; push HEAD
    on work/task-1-api; commit api/x.py '[COMPLETE] X'; push HEAD;";
/// The same, and both are merged into the integration branch, which is here only.
const MERGED: &str = "on work/task-2-models; commit models/x.py '[COMPLETE] M'; push HEAD
    on work/task-1-api; commit api/x.py '[COMPLETE] X'; push HEAD
    on integration/demo; git merge -q --no-ff -m 'Merge 2' work/task-2-models; git merge -q --no-ff -m 'Merge 1' work/task-1-api;";
/// Two tasks that the plan lets change one file, to different ends; merging stops with a conflict.
const SHARED: &str = "origin config orchestrate.planWriter worker
    sed 's,\"models/\",\"models/\"\\, { path = \"shared/all.txt\"\\, shared = true },' .git/plan.toml >p; plan demo p; push refs/orchestrate/demo/plan
    on work/task-2-models; commit shared/all.txt '[COMPLETE] M'; push HEAD
    on work/task-1-api; commit shared/all.txt '[COMPLETE] X'; push HEAD
    on integration/demo; git merge -q --no-ff -m 'Merge 2' work/task-2-models; git merge -q --no-ff work/task-1-api >/dev/null 2>&1 || true
    printf 'M\\nX\\n' >shared/all.txt; git add .; git commit -qm 'Merge 1'; id=$(git rev-parse HEAD);";

fn after(first: &str, then: &str) -> &'static str {
    format!("{first} {then}").leak()
}

/// An entry of the orchestrator's journal on a commit.
const WORD: &str = r#"new=$(printf 'x\n\nEvent: %s\nWriter: orchestrator\nCommit: %s\n' "$event" "$id" |
    git commit-tree "$(git mktree </dev/null)"); git update-ref refs/orchestrate/demo/journal/orchestrator "$new""#;

#[test]
fn finished_work_lands_and_people_work_on() {
    let cases: &[Case] = &[
        taken("an integration", MERGED, "push integration/demo"),
        taken(
            "an integration and its landing in one push",
            after(MERGED, "on main; git merge -q --no-ff -m Land integration/demo"),
            "push integration/demo main",
        ),
        taken(
            "a landing by fast-forward",
            after(MERGED, "push integration/demo"),
            "push integration/demo:main",
        ),
        taken(
            "a landing without an integration branch",
            after(
                BOTH,
                "on main; git merge -q --no-ff -m One work/task-1-api; git merge -q --no-ff -m Two work/task-2-models",
            ),
            "push main",
        ),
        taken(
            "one task alone",
            after(BOTH, "on integration/demo; git merge -q --no-ff -m One work/task-1-api"),
            "push HEAD",
        ),
        taken(
            "a landing on a base that moved, and people's work on top",
            after(
                MERGED,
                "push integration/demo; on main; commit README.txt Fix; git merge -q --no-ff -m Land integration/demo; commit README.txt 'Fix again'",
            ),
            "push main",
        ),
        taken(
            "the base merged into the integration",
            after(
                MERGED,
                "push integration/demo; on main; commit README.txt Fix; push main; git switch -q integration/demo; git merge -q --no-ff -m Base main",
            ),
            "push HEAD",
        ),
        taken(
            "a conflict that the orchestrator's journal answers for",
            after(SHARED, after("event=concluded;", WORD)),
            "push integration/demo refs/orchestrate/demo/journal/orchestrator",
        ),
        taken(
            "a branch that a person took over",
            after(
                MERGED,
                after("commit models/fix.py 'By hand'; id=$(git rev-parse HEAD) event=taken-over;", WORD),
            ),
            "push integration/demo refs/orchestrate/demo/journal/orchestrator",
        ),
        taken(
            "a task that goes on after its work was integrated",
            after(
                MERGED,
                "git switch -q work/task-1-api; journal refs/orchestrate/demo/journal/task-1-api announced; git switch -q integration/demo",
            ),
            "push integration/demo",
        ),
        taken(
            "a merge by people of their own branches, with a conflict",
            "on a; commit README.txt A; on b; commit README.txt B; git merge -q a >/dev/null 2>&1 || true; git checkout -q --theirs README.txt; echo both >README.txt; git add .; git commit -qm Both",
            "push b:main",
        ),
        taken(
            "an octopus of people",
            "on a; commit one A; on b; commit two B; on c; commit three C; git merge -q --no-edit a b",
            "push c:main",
        ),
        taken(
            "a revert of what landed",
            after(
                MERGED,
                "push integration/demo integration/demo:main; on main integration/demo; git revert -m 1 --no-edit HEAD >/dev/null",
            ),
            "push main",
        ),
        taken(
            "people's commit on top of what landed before",
            after(
                MERGED,
                "push integration/demo integration/demo:main; on main integration/demo; commit api/x.py 'Polish'",
            ),
            "push main",
        ),
        taken(
            "a whole history of its own",
            "git switch -q --orphan docs; commit page.html Page; git switch -q -C main origin/main; git merge -q --allow-unrelated-histories --no-edit docs",
            "push main",
        ),
        taken(
            "a task's merge with a conflict in its scope, integrated",
            "on work/task-2-models; commit models/x.py '[COMPLETE] M'; push HEAD; on other; commit api/x.py '[CHECKPOINT] O'; on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; git merge -q --no-ff other >/dev/null 2>&1 || true; echo both >api/x.py; git add .; git commit -qm 'Merge other'; commit api/y.py '[COMPLETE] Y'; push HEAD; on integration/demo; git merge -q --no-ff -m One work/task-1-api",
            "push integration/demo",
        ),
    ];
    all(cases);
}

#[test]
fn what_nobody_judged_does_not_land() {
    let cases: &[Case] = &[
        refused(
            "an evil merge in the integration",
            after(BOTH, "on integration/demo; git merge -q --no-ff --no-commit work/task-1-api; echo evil >models/m.py; mkdir -p .github; echo x >.github/y; git add .; git commit -qm Merge"),
            "push integration/demo",
            &["push/altered  ", "integration/demo would hold a merge whose models/m.py is not what merging gives", ".github/y", "hint: git push <remote> refs/orchestrate/demo/journal/orchestrator"],
        ),
        refused(
            "an evil landing on the base",
            after(MERGED, "push integration/demo; on main; git merge -q --no-ff --no-commit integration/demo; echo evil >README.txt; git add .; git commit -qm Land"),
            "push main",
            &["remote:   main\nremote:     push/altered", "README.txt"],
        ),
        refused(
            "a landing that drops what it merges",
            after(MERGED, "push integration/demo; on main; git merge -q --no-ff -s ours -m Land integration/demo"),
            "push main",
            &["push/altered", "api/x.py", "models/x.py"],
        ),
        refused("a conflict that nobody answers for", SHARED, "push integration/demo", &["push/altered", "shared/all.txt"]),
        refused("a commit without a prefix in the integration", after(MERGED, "commit models/evil.py 'Fix'"), "push integration/demo", &["push/unverified", "integration/demo would hold work that is on no task's branch and was never judged"]),
        refused("a foreign branch merged into the integration", after(MERGED, "on stranger; commit models/evil.py 'Fix'; git switch -q integration/demo; git merge -q --no-ff --no-edit stranger"), "push integration/demo", &["push/unverified", "never judged"]),
        refused("a commit without a prefix on a task's that was never pushed", "on work/task-1-api; commit api/x.py '[COMPLETE] X'; commit models/evil.py 'Fix'", "push HEAD:main", &["remote:   main\nremote:     push/unverified", "never judged", "push the task's own branch first"]),
        refused(
            "a task that is not complete",
            "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD; on main; git merge -q --no-ff -m Merge work/task-1-api",
            "push main",
            &["push/incomplete  main would hold work of task-1-api, which is not complete", "hint: git worker complete in the task's worktree"],
        ),
        refused("the same in the integration", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD; on integration/demo; git merge -q --no-ff -m Merge work/task-1-api", "push integration/demo", &["push/incomplete"]),
        refused("an incomplete task whose branch never came", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push HEAD:main", &["push/incomplete  main would hold work of task-1-api"]),
        refused(
            "an incomplete task that a complete one brings",
            "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; push HEAD; on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[COMPLETE] X'; push HEAD
             on integration/demo; git merge -q --no-ff -m Merge work/task-1-api",
            "push integration/demo",
            &["push/incomplete  integration/demo would hold work of task-2-models"],
        ),
        refused(
            "a task that was reopened",
            after(BOTH, r#"new=$(printf 'x\n\nEvent: reopened\nTask: task-1-api\nWriter: task-1-api\nCommit: %s\n' $(git rev-parse HEAD) | git commit-tree "$(git mktree </dev/null)")
                git update-ref refs/orchestrate/demo/journal/task-1-api $new; push refs/orchestrate/demo/journal/task-1-api; on integration/demo; git merge -q --no-ff -m One work/task-1-api"#),
            "push integration/demo",
            &["push/incomplete"],
        ),
        refused("a part of a task, before it was complete", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; git branch part; commit api/x.py '[COMPLETE] Y'; push HEAD; on integration/demo; git merge -q --no-ff -m Part part", "push integration/demo", &["push/incomplete"]),
    ];
    all(cases);
}

/// Tasks 1 and 2 are complete and merged as an integration does it, and no branch of theirs was pushed.
const UNPUSHED: &str = "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; git commit -q --allow-empty -m '[COMPLETE] M'
    on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[CHECKPOINT] X'; git commit -q --allow-empty -m '[COMPLETE] X'
    on integration/demo; git merge -q --no-ff -m 'Merge task-2: Models' work/task-2-models; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api;";

/// Work of task 1 at a path that is in task 2's scope as well.
const EITHER: &str = "origin config orchestrate.planWriter worker
    sed 's,\"models/\",\"models/\"\\, { path = \"shared/all.txt\"\\, shared = true },' .git/plan.toml >p; plan demo p; push refs/orchestrate/demo/plan
    on work/task-1-api; commit shared/all.txt '[COMPLETE] X';";
/// The same, merged into the base by hand.
const BY_HAND: &str = "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; git commit -q --allow-empty -m '[COMPLETE] M'
    on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[CHECKPOINT] X'; git commit -q --allow-empty -m '[COMPLETE] X'
    on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api;";
/// Task 2 is in the base, which task 1 merges before it begins.
const BY_THE_BASE: &str = "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; git commit -q --allow-empty -m '[COMPLETE] M'
    on main; git merge -q --no-ff --no-edit work/task-2-models; on work/task-1-api; git merge -q --no-ff --no-edit main
    commit api/x.py '[CHECKPOINT] X'; git commit -q --allow-empty -m '[COMPLETE] X'; git switch -q main; git merge -q --no-ff --no-edit work/task-1-api;";
/// Task 1 is made on top of task 2.
const ON_TOP: &str = "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; git commit -q --allow-empty -m '[COMPLETE] M'
    on work/task-1-api work/task-2-models; commit api/x.py '[CHECKPOINT] X'; git commit -q --allow-empty -m '[COMPLETE] X'
    on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api;";
/// Task 2 goes on after task 1 has merged it.
const TWICE: &str = "on work/task-2-models; commit models/x.py '[COMPLETE] M'; on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models
    commit api/x.py '[COMPLETE] X'; git switch -q work/task-2-models; commit models/y.py '[COMPLETE] M'
    on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api;";

#[test]
fn whoever_lands_need_not_push_the_branches() {
    let cases: &[Case] = &[
        taken("a landing by fast-forward", UNPUSHED, "push integration/demo:main"),
        taken("the integration branch", UNPUSHED, "push HEAD"),
        taken("a landing on a base that moved", after(UNPUSHED, "on main; commit README.txt Fix; push main; git merge -q --no-ff -m 'Merge demo: parallel implementation complete' integration/demo"), "push main"),
        taken("in words of git's own", "on work/task-2-models; git commit -q --allow-empty -m '[COMPLETE] M'; on work/task-1-api; git commit -q --allow-empty -m '[COMPLETE] X'
            on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api", "push main"),
        taken("in words of people's own", after(UNPUSHED, "on main; git merge -q --no-ff -m Models work/task-2-models; git merge -q --no-ff -m 'API now' work/task-1-api"), "push main"),
        taken("a branch that was on the server when it was half done", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD; git commit -q --allow-empty -m '[COMPLETE] X'
            on main; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api", "push main"),
        taken("a task that went on after its COMPLETE, its journal at home", "on work/task-1-api; commit api/x.py '[COMPLETE] X'; commit api/x.py '[CHECKPOINT] Y'; commit api/x.py '[COMPLETE] Z'
            on main; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api", "push main"),
        taken("complete work, its records at home", after(EVIDENCE, "commit api/x.py '[COMPLETE] X'; on main; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api"), "push main"),
        taken("a needed task first, where that is strict", after(STRICT, UNPUSHED), "push integration/demo integration/demo:main"),
        taken("the same, main only", after(STRICT, UNPUSHED), "push integration/demo:main"),
        taken("the same, with the branches", after(STRICT, UNPUSHED), "push integration/demo:main work/task-1-api work/task-2-models"),
        taken("work that could be of two tasks, by the name of its branch", after(EITHER, "on main; git merge -q --no-ff --no-edit work/task-1-api"), "push main"),
        taken("the same, by its notes", after(EITHER, "git notes --ref=orchestrate/demo/task-1-api add -m one; on main; git merge -q --no-ff -m 'By hand' work/task-1-api"), "push main refs/notes/orchestrate/demo/task-1-api"),
        taken("the same, by what it goes on from", after(EITHER, "push HEAD; echo Y >>shared/all.txt; git commit -qam '[CHECKPOINT] Y'; git commit -q --allow-empty -m '[COMPLETE] Y'
            on main; git merge -q --no-ff -m 'By hand' work/task-1-api"), "push main"),
        taken("merged by hand, with the branches", after(STRICT, BY_HAND), "push main work/task-1-api work/task-2-models"),
        taken("what was needed came by the base", after(STRICT, BY_THE_BASE), "push main"),
        taken("the same, with the branches by the base", after(STRICT, BY_THE_BASE), "push main work/task-1-api work/task-2-models"),
        taken("begun on what was needed, with the branches", after(STRICT, ON_TOP), "push main work/task-1-api work/task-2-models"),
        taken("more of a needed task came later", after(STRICT, TWICE), "push main"),
        taken("the branch that needs the other, after the landing", after(STRICT, after(BY_HAND, "push main")), "push work/task-1-api"),
        taken("the branch that is needed, after the landing", after(STRICT, after(BY_HAND, "push main")), "push work/task-2-models"),
        taken("both, after the landing", after(STRICT, after(BY_HAND, "push main")), "push work/task-1-api work/task-2-models"),
        taken("merged by hand, with the branch that needs the other", after(STRICT, BY_HAND), "push main work/task-1-api"),
        taken("merged by hand, with the branch that is needed", after(STRICT, BY_HAND), "push main work/task-2-models"),
        taken("the same, with the branch that needs the other", after(STRICT, UNPUSHED), "push integration/demo:main work/task-1-api"),
        taken("by the base, with the branch that needs the other", after(STRICT, BY_THE_BASE), "push main work/task-1-api"),
        taken("by the base, with the branch that is needed", after(STRICT, BY_THE_BASE), "push main work/task-2-models"),
        taken("begun on what was needed, with the branch that needs the other", after(STRICT, ON_TOP), "push main work/task-1-api"),
        taken("begun on what was needed, alone", after(STRICT, ON_TOP), "push main"),
        taken("begun on what was needed, with the needed branch", after(STRICT, ON_TOP), "push main work/task-2-models"),
        taken("more came later, with the branch that needs the other", after(STRICT, TWICE), "push main work/task-1-api"),
        taken("the pick of a commit that a task has", after(BOTH, "on main; git cherry-pick -x work/task-1-api >/dev/null"), "push main"),
    ];
    all(cases);
}

/// The plan asks for evidence.
const EVIDENCE: &str = "origin config orchestrate.planWriter worker
    sed '/^.protocol./a evidence = [\"true\"]' .git/plan.toml >p; plan demo p; push refs/orchestrate/demo/plan; on work/task-1-api;";
/// Nobody begins before what is needed is complete.
const STRICT: &str = "origin config orchestrate.planWriter worker
    sed '1a dependencies = \"strict\"' .git/plan.toml >p; plan demo p; push refs/orchestrate/demo/plan;";

#[test]
fn nobody_lands_what_no_integration_made() {
    const NEVER: &str = "would hold work that is on no task's branch and was never judged";
    let unjudged: &[&str] = &["push/unverified  ", NEVER, "hint: push the task's own branch first"];
    let cases: &[Case] = &[
        refused(
            "another task's path, declared complete",
            "on work/task-1-api; commit models/x.py '[COMPLETE] X'",
            "push HEAD:main",
            unjudged,
        ),
        refused(
            "the same, on the integration branch",
            "on work/task-1-api; commit models/x.py '[COMPLETE] X'",
            "push HEAD:integration/demo",
            unjudged,
        ),
        refused(
            "one's own path",
            "on work/task-1-api; commit api/x.py '[COMPLETE] X'",
            "push HEAD:main",
            unjudged,
        ),
        refused(
            "the same below a landing",
            "on integration/demo; commit models/x.py '[COMPLETE] X'; on main; git merge -q --no-ff -m 'Merge demo: parallel implementation complete' integration/demo",
            "push main",
            unjudged,
        ),
        refused(
            "a commit on top of an integration",
            after(UNPUSHED, "commit models/y.py '[COMPLETE] Y'"),
            "push integration/demo",
            unjudged,
        ),
        refused(
            "work before its time, where that is strict",
            after(STRICT, "on work/task-1-api; commit api/x.py '[COMPLETE] X'"),
            "push HEAD:main",
            unjudged,
        ),
        refused(
            "the same, merged",
            after(
                STRICT,
                "on work/task-1-api; commit api/x.py '[COMPLETE] X'; on main; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api",
            ),
            "push main",
            &["push/unverified  ", "work of task-1-api that is not good: state/dependency"],
        ),
        refused(
            "a needed task that is half done in the base, with the branches, where that is strict",
            after(
                STRICT,
                "on work/task-2-models; commit models/x.py '[COMPLETE] M'; commit models/x.py '[CHECKPOINT] More'; on main; git merge -q --no-ff --no-edit work/task-2-models
                 on work/task-1-api; git merge -q --no-ff --no-edit main; commit api/x.py '[COMPLETE] X'",
            ),
            "push main work/task-1-api work/task-2-models",
            &["state/dependency", "task-2/Model is needed, which is not complete"],
        ),
        refused(
            "the same, but for the name of its branch, which is another's work",
            after(
                STRICT,
                "on other; commit docs/x.md '[COMPLETE] M'; git branch work/task-2-models; on main; git merge -q --no-ff --no-edit other
                 on work/task-1-api; git merge -q --no-ff --no-edit main; commit api/x.py '[COMPLETE] X'",
            ),
            "push main work/task-1-api work/task-2-models",
            &["state/dependency", "task-2/Model is needed, which is not complete"],
        ),
        refused(
            "work that could be of two tasks, merged without a name",
            after(EITHER, "on main; git merge -q --no-ff -m 'By hand' work/task-1-api"),
            "push main",
            unjudged,
        ),
        refused(
            "work without evidence",
            after(EVIDENCE, "commit api/x.py '[COMPLETE] X'"),
            "push HEAD:main",
            unjudged,
        ),
        refused(
            "the same, merged, with records that say nothing of it",
            after(
                EVIDENCE,
                "commit api/x.py '[COMPLETE] X'; journal refs/orchestrate/demo/journal/task-1-api announced; on main; git merge -q --no-ff -m 'Merge task-1: API' work/task-1-api",
            ),
            "push main refs/orchestrate/demo/journal/task-1-api",
            &["push/unverified  ", "work of task-1-api that is not good: state/evidence"],
        ),
        refused(
            "another task's path, merged under the own name",
            "on work/task-1-api; commit models/x.py '[COMPLETE] X'; on main; git merge -q --no-ff --no-edit work/task-1-api",
            "push main",
            &["push/unverified  ", "work of task-1-api that is not good: scope/outside: models/x.py"],
        ),
        refused(
            "half a task, merged by an integration",
            "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'; on integration/demo; git merge -q --no-ff -m 'Merge task-2: Models' work/task-2-models",
            "push integration/demo",
            &["push/incomplete  integration/demo would hold work of task-2-models"],
        ),
        refused("what is needed was not complete, with the branch that needs it", after(STRICT, "on work/task-2-models; commit models/x.py '[CHECKPOINT] M'
            on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[CHECKPOINT] X'; git commit -q --allow-empty -m '[COMPLETE] X'
            on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api"), "push main work/task-1-api", &["push/incomplete", "state/dependency"]),
        refused("what is needed breaks its scope, with the branch that needs it", after(STRICT, "on work/task-2-models; commit docs/x.md '[COMPLETE] M'
            on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[COMPLETE] X'
            on main; git merge -q --no-ff --no-edit work/task-2-models; git merge -q --no-ff --no-edit work/task-1-api"), "push main work/task-1-api", &["push/unverified", "docs/x.md is outside the scope of task-2-models"]),
        refused("what is needed is merged into the branch and did not land", after(STRICT, "on work/task-2-models; commit models/x.py '[COMPLETE] M'
            on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[COMPLETE] X'
            on main; commit README.txt Fix"), "push main work/task-1-api", &["merge/foreign", "state/dependency"]),
    ];
    all(cases);
}

/// What the refusal says cures it: the branch is judged, and then it lands.
#[test]
fn a_branch_pushed_first_lands() {
    let served = Served::new(Start::Planned);
    served
        .sh("on work/task-1-api; commit api/x.py '[COMPLETE] X'; ! push HEAD:main; push HEAD; push HEAD:main")
        .ok();
}

/// What came while nobody judged is found by whoever has seen the branch before the base.
#[test]
fn what_came_unjudged_is_found_later() {
    let served = Served::new(Start::Planned);
    let unhooked = "mv ../origin.git/hooks/pre-receive ../away; push HEAD:main; mv ../away ../origin.git/hooks/pre-receive";
    served
        .sh(&format!("on work/task-1-api; commit models/x.py '[COMPLETE] X'; {unhooked}; git fetch -q"))
        .ok();
    let said = served.sh("git orchestrate verify");
    assert!(said.code == 1 && said.out.contains("models/x.py is outside"), "{}{}", said.out, said.err);
}
