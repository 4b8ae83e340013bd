import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Rewrites the classes of a jar that are in a form from before Java 6 into that of Java 8, with the stack maps that it
/// wants. No AOT cache takes the old form, and what is not in the cache is read, parsed and verified at each start
/// (decision 0101). What the classes do stays as it is.
///
///     java tools/NewerClasses.java FROM.jar TO.jar
///
/// Writes TO only where there was such a class.
final class NewerClasses {

    private static final int JAVA_6 = 50;
    private static final int JAVA_8 = 52;

    public static void main(String[] arguments) throws IOException {
        var from = Path.of(arguments[0]);
        var to = Path.of(arguments[1]);
        var bytes = new ByteArrayOutputStream();
        int rewritten = 0;
        try (var loader = new URLClassLoader(new URL[] {from.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
                var jar = new JarFile(from.toFile());
                var out = new ZipOutputStream(bytes)) {
            var resolver = ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.ofResourceParsing(ClassLoader.getPlatformClassLoader()))
                    .orElse(ClassHierarchyResolver.defaultResolver());
            var classes = ClassFile.of(
                    ConstantPoolSharingOption.NEW_POOL,
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(resolver));
            for (var entry : Collections.list(jar.entries())) {
                byte[] content;
                try (var in = jar.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                if (entry.getName().endsWith(".class") && classes.parse(content).majorVersion() < JAVA_6) {
                    content = classes.transformClass(classes.parse(content), newer());
                    rewritten++;
                }
                var copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(content);
                out.closeEntry();
            }
        }
        if (rewritten > 0) {
            Files.write(to, bytes.toByteArray());
        }
    }

    private static ClassTransform newer() {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(JAVA_8, 0);
            } else {
                builder.with(element);
            }
        };
        // Every body is written anew, so that it gets its stack map.
        return version.andThen(ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element)));
    }

    private NewerClasses() {}
}
