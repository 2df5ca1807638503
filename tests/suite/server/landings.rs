//! What arrives on the integration branch and on the base: work of complete tasks, merges that bring
//! nothing else, and on the base whatever people do beside the run.

use super::cases::{Case, all, refused, taken};

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
