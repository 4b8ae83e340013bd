package dev.sallyport.cli.declared;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Refused;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes what there is what files declare: shows the plan, asks, and does it.
@Command(
        name = "apply",
        header =
                "Make agents, groups, users, connections, rules, guardrails, masking rules and CAs what files declare.",
        description = {
            "Shows what differs, asks, and changes it. What is the same is left alone, so that to apply twice",
            "changes nothing the second time. What no file names stays, unless --prune is given. When a file is",
            "wrong, nothing is changed."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:what there is is what is declared, now or already",
            "1:a file is wrong, or something failed; what was done by then is said",
            "2:with --check: there is a difference; else: the command line is wrong, or a value is not valid",
            "3:the API refused it, or the answer to the question was no"
        },
        footer = {
            "",
            "Examples:",
            "  sally apply -f connections.yaml",
            "  sally apply -f access/ --prune --yes",
            "  sally apply -f access/ --check",
            "  sally import ssh-config | sally apply -f - --yes"
        })
public final class Apply extends Action {

    /// How long is waited when the API has had too many requests, and how often for one change.
    private static final Duration WAIT = Duration.ofSeconds(1);

    private static final int MOST_WAITS = 60;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "A YAML or JSON file, a folder of them, or - for stdin; may be given several times.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--prune", description = "Delete what no file names, of the nouns that the files name.")
    private boolean prune;

    @Option(names = "--check", description = "Only show the plan; end with 2 when there is a difference.")
    private boolean check;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(names = "--reseal", description = "Seal the values after seal: again, though they are sealed already.")
    private boolean reseal;

    public Apply(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        if (files.contains(Declarations.STDIN) && !yes && !check) {
            throw Failure.usage("with -f - nobody can be asked on stdin: say --check first, and then --yes.");
        }
        var declared = new Declarations(run).read(files);
        Present present;
        try (var progress = new Progress(run.surroundings());
                var _ = progress.blocking("asks the API what there is")) {
            present = Present.of(client(), declared);
        }
        var role = present.me().role();
        if (!role.equals("admin") && !(check && role.equals("auditor"))) {
            throw Failure.refused("to apply takes an admin's key, and --check an auditor's at least.");
        }
        var mistakes = new Mistakes();
        var plan = new Planner(declared, present, mistakes, prune, reseal).plan();
        mistakes.end(run);
        plan.notes().forEach(run::say);
        if (plan.changes().isEmpty()) {
            run.say("no difference: everything is as declared.");
            return ExitCode.OK;
        }
        plan.print(run.out(), run.surroundings().colours(run.surroundings().outIsTerminal()));
        run.out().flush();
        if (check) {
            return ExitCode.DIFFERENCE;
        }
        if (!yes && !run.agreed("Do this?")) {
            throw Failure.refused("nothing was changed.");
        }
        make(plan);
        return ExitCode.OK;
    }

    private void make(Plan plan) throws Failure, IOException, Refused {
        int done = 0;
        var progress = new Progress(run.surroundings());
        for (var change : plan.changes()) {
            var name = (change.noun() + " " + change.name()).strip();
            List<String> lines;
            try (var _ = progress.blocking(
                    done + " of " + plan.changes().size() + " changes are made, now " + Escaped.of(name))) {
                lines = made(change);
            } catch (Refused refused) {
                throw new Refused(after(done, plan, name, refused.problem()));
            } catch (Failure failure) {
                throw failure.after(done(done, plan) + name + ": ");
            } catch (IOException e) {
                run.say(done(done, plan) + "whether " + name + " was " + change.kind().done
                        + " is not known. Apply again: it goes on where this ended.");
                throw e;
            }
            done++;
            run.out().println(change.kind().done + " " + Escaped.of(name));
            lines.forEach(line -> run.out().println(Escaped.of(line)));
            run.out().flush();
        }
    }

    /// Does it, and waits where the API has had enough for now: what it refused so, it has not done.
    private List<String> made(Change change) throws Failure, IOException, Refused {
        for (int waits = 0; ; waits++) {
            try {
                return change.step().make(client());
            } catch (Refused refused) {
                if (!refused.problem().is(Problem.Type.TOO_MANY_REQUESTS) || waits == MOST_WAITS) {
                    throw refused;
                }
            }
            try {
                Thread.sleep(WAIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static String done(int done, Plan plan) {
        return done + " of " + plan.changes().size() + " changes are made; ";
    }

    private static Problem after(int done, Plan plan, String name, Problem problem) {
        return new Problem(
                problem.type(),
                problem.title(),
                problem.status(),
                done(done, plan) + name + ": " + problem.detail(),
                problem.errors());
    }
}
