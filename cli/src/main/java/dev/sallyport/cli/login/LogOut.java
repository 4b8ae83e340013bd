package dev.sallyport.cli.login;

import dev.sallyport.cli.config.KeptConfiguration;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;

/// Forgets the key that [LogIn] kept.
@Command(
        name = "logout",
        header = "Forget the API key that login kept.",
        description =
                "It is taken out of the file that --config names, else of ~/.config/sallyport/cli.json; what else stands "
                        + "there stays. The key itself goes on to count;  sally admin keys delete  ends it.")
public final class LogOut extends Action {

    public LogOut(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var kept = KeptConfiguration.read(run.configurationFile(), run.surroundings());
        if (kept.remove("key")) {
            kept.write();
            run.say("signed out: the key is no longer in " + kept.path() + ".");
        } else {
            run.say("there is no key in " + kept.path() + ".");
        }
        return ExitCode.OK;
    }
}
