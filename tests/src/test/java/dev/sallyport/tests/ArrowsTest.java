package dev.sallyport.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Holds the arrows between the parts (`docs/architecture.md`): who may depend on whom, and which single package sees
/// each outside library.
@org.junit.jupiter.api.Tag("arrows")
class ArrowsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sallyport");

    @Test
    void partsDependOnlyOnWhatTheArchitectureAllows() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.sallyport..")
                .layer("core")
                .definedBy("dev.sallyport.core..")
                .layer("inspect")
                .definedBy("dev.sallyport.inspect..")
                .layer("proto")
                .definedBy("dev.sallyport.proto..")
                .layer("api")
                .definedBy("dev.sallyport.api..")
                .layer("store")
                .definedBy("dev.sallyport.store..")
                .layer("control")
                .definedBy("dev.sallyport.control..")
                .layer("edge")
                .definedBy("dev.sallyport.edge..")
                .layer("agent")
                .definedBy("dev.sallyport.agent..")
                .layer("cli")
                .definedBy("dev.sallyport.cli..")
                .layer("standalone")
                .definedBy("dev.sallyport.standalone..")
                .whereLayer("core")
                .mayNotAccessAnyLayer()
                .whereLayer("inspect")
                .mayOnlyAccessLayers("core")
                .whereLayer("proto")
                .mayOnlyAccessLayers("core")
                .whereLayer("api")
                .mayOnlyAccessLayers("core")
                .whereLayer("store")
                .mayOnlyAccessLayers("core")
                .whereLayer("control")
                .mayOnlyAccessLayers("core", "api", "store", "inspect")
                .whereLayer("edge")
                .mayOnlyAccessLayers("core", "store", "proto")
                .whereLayer("agent")
                .mayOnlyAccessLayers("core", "proto", "inspect")
                .whereLayer("cli")
                .mayOnlyAccessLayers("core", "api")
                .check(CLASSES);
    }

    @Test
    void theDomainNeedsNothingButTheJdkAndOneClassZstandard() {
        classes()
                .that()
                .resideInAPackage("dev.sallyport.core..")
                .and()
                .haveNameNotMatching("dev\\.sallyport\\.core\\.recording\\.Compression(\\$.*)?")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.sallyport.core..", "java..", "javax..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheSshPackagesSeeMina() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.sallyport.edge.ssh..", "dev.sallyport.agent.ssh..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.sshd..")
                .check(CLASSES);
    }

    @Test
    void onlyTheLinkPackagesSeeGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.sallyport.edge.agents..", "dev.sallyport.agent.link..", "dev.sallyport.proto..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.grpc..")
                .check(CLASSES);
    }

    @Test
    void onlyTheStoreKnowsWhatDynamoDbIs() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.sallyport.store..", "dev.sallyport.standalone..")
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk.services.dynamodb.model..")
                .check(CLASSES);
    }

    @Test
    void onePackageSeesEachOtherServiceOfAws() {
        onlyOnePackageSees("dev.sallyport.store.kms", "software.amazon.awssdk.services.kms..");
        onlyOnePackageSees("dev.sallyport.store.s3", "software.amazon.awssdk.services.s3..");
    }

    private static void onlyOnePackageSees(String one, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(one)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void oneClassOfTheCliReadsYaml() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.sallyport.cli.declared.Yaml")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(CLASSES);
    }
}
