package dev.sallyport.cli.run;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLException;

/// What an error of the environment means, in words.
public final class Reason {

    private Reason() {}

    /// A clause for the end of a sentence.
    public static String of(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its name does not resolve";
            }
        }
        if (e instanceof ConnectException) {
            return "nothing answers there";
        }
        if (e instanceof HttpTimeoutException) {
            return "it does not answer in time";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (e instanceof SSLException) {
            return "its TLS certificate is not trusted, or is for another name";
        }
        var message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /// Whether the network was the reason, not a file.
    static boolean network(IOException e) {
        return e instanceof ConnectException || e instanceof HttpTimeoutException || e instanceof SSLException;
    }
}
