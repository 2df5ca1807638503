//! The page `git-orchestrate-security(7)`: what holds against whom, and what is not claimed.
//!
//! Every claim names the tests that show it, which the page does not print; a test holds that there
//! are such tests. A claim that loses its test has to go.

use clap_mangen::roff::{Roff, bold, roman};

/// The name of the page.
pub const NAME: &str = "git-orchestrate-security";

/// The tests that show what HOSTILE WORKERS says.
pub const HOSTILE_TESTS: &[&str] = &["security::a_clone_is_taken_from_without_running_its_code"];

/// One thing that the page says, under a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// What it is about.
    pub about: &'static str,
    /// What holds.
    pub text: &'static str,
    /// The tests that show it, as `module::function` of the suite, or a case of a table as `cases/<file>: <name>`; none for what is not claimed.
    pub tests: &'static [&'static str],
}

/// What cannot happen as long as the layer is there.
pub const PREVENTED: &[Claim] = &[
    Claim {
        about: "Before an edit",
        text: "With its editing tools, an agent whose program asks git-worker-check(1) writes neither outside of its task's scope nor into \
               another worktree of the repository, nor into what git keeps for itself.",
        tests: &["agents::claude_code_asks", "agents::codex_asks", "check::every_place_has_its_owner"],
    },
    Claim {
        about: "In a commit",
        text: "In a worker's worktree the hooks refuse a commit on another branch than the task's or on none, one \
               that changes a path outside of the scope, whatever form the change takes, and one whose message \
               breaks the protocol. Branch and paths are refused with --no-verify as well.",
        tests: &[
            "hooks::the_branch_must_be_the_tasks_own",
            "hooks::what_is_outside_the_scope_is_refused_with_its_owner",
            "hooks::deletions_modes_and_kinds_count",
            "hooks::messages_keep_the_protocol",
            "cases/commits.toml: commit --no-verify skips two hooks, and the third refuses",
            "cases/commits.toml: commit --no-verify on a detached HEAD",
        ],
    },
    Claim {
        about: "In a worker's merge",
        text: "Only the base and tasks of the run are merged, with the result that git itself makes of it outside \
               of the scope.",
        tests: &["hooks::a_needed_task_may_be_merged", "hooks::a_merge_brings_nothing_else"],
    },
    Claim {
        about: "With a guard",
        text: "Where the plan says guard = true under [protocol], git refuses in a worker's worktree to move another \
               task's branch, and to put a symbolic ref in the place of one. It does not see a copied branch \
               (git branch -C), is asked at every command that moves a ref, and costs time there.",
        tests: &["guard::the_branch_of_another_task_does_not_move", "guard::ordinary_commands_work"],
    },
    Claim {
        about: "In a push",
        text: "A worker's push is judged before it leaves: its own task's branch under its own name, and nothing that \
               breaks a rule.",
        tests: &[
            "push_guard::violations_are_not_published_by_accident",
            "push_guard::a_task_is_published_under_its_own_name_alone",
        ],
    },
    Claim {
        about: "On a server",
        text: "Where git-orchestrate-server(1) was called, a push from any client is judged before it is taken, with \
               what it brings. One that breaks a rule is refused whole and leaves nothing behind. Plans are written \
               by those who may, and while one cannot be read, nothing of its run is taken. Only complete and judged \
               work reaches the integration branch and the base, by merges that bring nothing else, and no push takes \
               work from a task's branch.",
        tests: &[
            "server::plans::what_may_be_the_runs_is_refused",
            "server::landings::what_nobody_judged_does_not_land",
            "server::rewritten::no_work_of_a_branch_is_discarded",
            "server::writers::nobody_writes_anothers",
            "server::cases::a_server_takes_what_keeps_to_the_rules",
            "server::cases::a_server_refuses_what_does_not",
            "server::installed::a_refused_push_leaves_no_object",
            "server::installed::the_pusher_is_who_the_named_variable_says",
        ],
    },
    Claim {
        about: "In an integration",
        text: "git-orchestrate-integrate(1) merges nothing that it has not judged before: every commit of every \
               branch, and the merge. It reads them from the object store, in a room of its own in which neither \
               the repository's configuration, attributes and replace refs nor a worker's records have a say.",
        tests: &[
            "integrate::work_that_breaks_the_rules_does_not_get_in",
            "merges::the_shared_repository_cannot_change_a_merge",
            "verify::configuration_cannot_change_a_verdict",
        ],
    },
    Claim {
        about: "Commands of a plan",
        text: "Nothing that a plan wants to have run is run before a person has accepted exactly these words.",
        tests: &["start::commands_of_a_plan_run_only_when_accepted"],
    },
    Claim {
        about: "What a repository says",
        text: "Titles, subjects, paths and names come out escaped for where they are shown: they neither steer a \
               terminal nor hide, and are no markup in a page.",
        tests: &["hostile::no_verb_lets_out_what_deceives", "hostile::a_refusal_shows_nothing_raw"],
    },
];

/// What can happen, and comes to light in the next status, verify and integrate.
pub const FOUND: &[Claim] = &[
    Claim {
        about: "Commits that no hook saw",
        text: "Made with the hooks switched off, by plumbing, or by a replay: cherry-pick, revert, rebase and am do \
               not ask the hooks. They are named by commit and rule. What a later commit put right is a warning.",
        tests: &[
            "verify::paths_are_found",
            "verify::messages_are_found",
            "verify::plumbing_is_found",
            "verify::what_was_put_right_is_a_warning",
            "hooks::replays_are_judged_when_they_are_done",
            "cases/replays.toml",
        ],
    },
    Claim {
        about: "Hooks that do not fire",
        text: "Switched off, replaced, without permission to run, or hidden by a hook manager: git-orchestrate-doctor(1) \
               asks git in every worktree to run every hook, and mends what is ours. It also names settings that have git run a command and were changed since the run was started.",
        tests: &[
            "doctor::settings_that_switch_hooks_off_are_found_and_mended",
            "doctor::files_that_are_no_hooks_of_ours_are_found_and_mended",
            "doctor::settings_that_name_commands_are_a_persons_to_judge",
        ],
    },
    Claim {
        about: "Merges that bring something else",
        text: "A foreign branch, whoever else has merged it, another result than git's, a squash of what is another's.",
        tests: &[
            "verify::merges_are_judged_by_what_they_bring",
            "cases/merges.toml: two tasks that merge a foreign commit do not vouch for each other",
            "verify::a_squash_of_foreign_work_is_own_work",
        ],
    },
    Claim {
        about: "A base that is not what it seems",
        text: "Put onto what a worker's branch had first, as reflogs tell, here or as fetched from the run's remote: \
               it stays the worker's, and is judged. A ref that plumbing or a hand put there as fetched is not believed.",
        tests: &[
            "cases/places.toml: the base is moved onto what plumbing made on a worker's branch",
            "cases/places.toml: what was fetched of the base is faked, with what plumbing made",
            "cases/merges.toml: the remote's base is faked by plumbing, without hooks",
        ],
    },
    Claim {
        about: "An integration branch that is not what it seems",
        text: "What is on it counts as far as the orchestrator's journal names it: what git-orchestrate-integrate(1) left there, or \
               went on with at a person's word. A worker that follows it further answers for what lies beyond.",
        tests: &[
            "cases/places.toml: a worker follows a forged integration branch",
            "cases/places.toml: a worker follows what an integration made and what a person added without one",
            "cases/merges.toml: the name of the integration branch is no licence, without hooks",
        ],
    },
    Claim {
        about: "Branches that are not what they seem",
        text: "A symbolic ref in a branch's place, and a branch without history in common with the base.",
        tests: &["verify::a_branch_that_is_none_is_found"],
    },
    Claim {
        about: "What cannot be read",
        text: "It is reported as unknown, and counts as a failure, never as fine.",
        tests: &["review::what_cannot_be_read_is_no_success"],
    },
];

/// What nothing here holds against.
const NOT_CLAIMED: &[&str] = &[
    "Whose a commit on the base is cannot be known where reflogs do not tell: in a fresh clone, after they expired, where \
     a worker put the base onto a commit by plumbing before its own branch had it, or merged it from there, and where \
     it gave a reflog words or a time that are not true. Nor can it where a worker commits in another worktree than its \
     own, or has configured another address for the run's remote or another remote for the base. A server that \
     judges pushes knows.",
    "Work that keeps to a task's scope counts as that task's where a note or a ref of a remote's branch says so, though \
     whoever has the repository can write both. What goes beyond that scope is found.",
    "Commits that another task recorded, and that its reflog or a commit of the same author, time and subject bears out, \
     count as replaced work of that task where they keep to its scope: that is a warning, and all of it can be forged.",
    "What git-orchestrate-status(1) has read of commits, and which of them broke no rule, it keeps in the repository's orchestrate/cache, and believes that. \
     git-orchestrate-verify(1) and git-orchestrate-integrate(1) read the commits themselves.",
    "A worker that runs as you can do what you can do. It can delete or rewrite branches, refs and records, amend \
     the plan, write into other worktrees from a shell, take another author's name and any date, read your secrets, and use the \
     network.",
    "Worktrees of one repository share its configuration. A worker can change it so that the git that you type runs a command, for instance as a file system monitor. It cannot change a verdict so.",
    "The plan's own commands, such as evidence, run what the workers wrote.",
    "Nobody here looks at whether what is written inside of the scope is any good.",
];

/// The page as roff.
pub fn roff() -> String {
    let mut roff = Roff::new();
    roff.control(
        "TH",
        [
            "GIT-ORCHESTRATE-SECURITY",
            "7",
            "",
            concat!("git-orchestrate ", env!("CARGO_PKG_VERSION")),
            "git-orchestrate manual",
        ],
    );
    section(&mut roff, "NAME");
    roff.text([roman(format!("{NAME} - What holds against whom, and what is not claimed"))]);
    section(&mut roff, "DESCRIPTION");
    paragraphs(
        &mut roff,
        &[
            "A worker here is a program that means well, runs as you, is stubborn at times, and reads texts that somebody \
         else wrote to lead it astray.",
            "Hooks tell it of a mistake while that is cheap to mend. They are no wall: whoever runs as you can go around \
         them. The wall is further on: what git-orchestrate merges, it has judged first, every commit of it, whichever \
         way it came about. Who has to fear a hostile worker needs walls that git has not, see HOSTILE WORKERS.",
        ],
    );
    section(&mut roff, "WHAT IS PREVENTED");
    claims(&mut roff, PREVENTED);
    section(&mut roff, "WHAT IS ONLY FOUND");
    claims(&mut roff, FOUND);
    section(&mut roff, "WHAT IS NOT CLAIMED");
    paragraphs(&mut roff, NOT_CLAIMED);
    section(&mut roff, "HOSTILE WORKERS");
    paragraphs(&mut roff, HOSTILE);
    section(&mut roff, "SEE ALSO");
    roff.text([
        bold("git-orchestrate-verify"),
        roman("(1), "),
        bold("git-orchestrate-integrate"),
        roman("(1), "),
        bold("git-worker-check"),
        roman("(1), "),
        bold("githooks"),
        roman("(5)"),
    ]);
    roff.to_roff()
}

/// What to do about a worker that may be hostile.
const HOSTILE: &[&str] = &[
    "Give each worker a clone of its own, under a user or in a container of its own that reaches nothing else, and \
     take its branch from there into the task's worktree: git pull --ff-only <clone> <branch>. Taking a branch runs \
     nothing of what the clone's configuration and hooks say. Never run git inside of the clone: there it does what \
     that configuration says.",
    "Or let the workers push to a server that judges, under an account of their own: git-orchestrate-server(1).",
    "Then git-orchestrate-verify(1) and git-orchestrate-integrate(1) judge the branch as any other.",
];

fn section(roff: &mut Roff, title: &str) {
    roff.control("SH", [title]);
}

fn claims(roff: &mut Roff, claims: &[Claim]) {
    for claim in claims {
        roff.control("TP", []);
        roff.text([bold(claim.about)]);
        roff.text([roman(claim.text)]);
    }
}

fn paragraphs(roff: &mut Roff, texts: &[&str]) {
    for text in texts {
        roff.control("PP", []);
        roff.text([roman(*text)]);
    }
}
