package dev.sallyport.cli.declared;

import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the files that a command names, and reads them.
final class Declarations {

    /// What stands for stdin.
    static final String STDIN = "-";

    /// Largest file, in bytes.
    private static final int LARGEST = 4_194_304;

    /// Most files of a folder.
    private static final int MOST_FILES = 1_000;

    private final Run run;
    private final Mistakes mistakes = new Mistakes();
    private final Declaration declaration = new Declaration();

    Declarations(Run run) {
        this.run = run;
    }

    /// What all of them declare together.
    Declaration read(List<String> names) throws Failure {
        for (var name : names) {
            if (name.equals(STDIN)) {
                read("stdin", run.surroundings().in());
                continue;
            }
            var path = run.surroundings().folder().resolve(name);
            if (!Files.isDirectory(path)) {
                read(name, path);
                continue;
            }
            for (var file : files(name, path)) {
                read(Path.of(name).resolve(file.getFileName()).toString(), file);
            }
        }
        mistakes.end(run);
        return declaration;
    }

    /// The files of a folder, by name. Folders in it are not looked into.
    private static List<Path> files(String name, Path folder) throws Failure {
        var files = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(folder, "[!.]*.{yaml,yml,json}")) {
            for (var file : all) {
                if (Files.isRegularFile(file)) {
                    files.add(file);
                }
                if (files.size() > MOST_FILES) {
                    throw Failure.failed(name + " has more than " + MOST_FILES + " files.");
                }
            }
        } catch (DirectoryIteratorException e) {
            throw Failure.failed(name + " cannot be read.");
        } catch (IOException e) {
            throw Failure.failed(name + " cannot be read: " + Reason.of(e) + ".");
        }
        if (files.isEmpty()) {
            throw Failure.failed(name + " has no file that ends with .yaml, .yml or .json.");
        }
        files.sort(null);
        return files;
    }

    private void read(String name, Path file) throws Failure {
        try (var in = Files.newInputStream(file)) {
            read(name, in);
        } catch (IOException e) {
            throw Failure.failed(name + " cannot be read: " + Reason.of(e) + ".");
        }
    }

    private void read(String name, InputStream in) throws Failure {
        byte[] bytes;
        String text;
        try {
            bytes = in.readNBytes(LARGEST + 1);
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Failure.failed(name + " is not UTF-8.");
        } catch (IOException e) {
            throw Failure.failed(name + " cannot be read: " + Reason.of(e) + ".");
        }
        if (bytes.length > LARGEST) {
            throw Failure.failed(name + " is longer than " + LARGEST + " bytes.");
        }
        for (var document : Yaml.read(name, text)) {
            switch (document) {
                case Value.Fields fields ->
                    new Document(declaration, mistakes, run.surroundings().clock()).read(fields);
                case Value.Nothing _ -> {
                    // a document with nothing but comments
                }
                case Value other -> mistakes.add(other.place(), "the file", "holds fields, such as  connections:");
            }
        }
    }
}
