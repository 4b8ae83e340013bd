package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.group.Group;
import dev.sallyport.core.id.GroupId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.user.User;
import dev.sallyport.store.Written.Done;
import dev.sallyport.store.Written.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class UsersTest {

    private static final Clock CLOCK = Clock.systemUTC();

    private final Store store = LocalDynamo.store();
    private final ExampleTenant acme = new ExampleTenant(store, "acme");

    @Test
    void aNewAddressAndSubjectReplaceTheOldOnes() {
        var changed = store.users()
                .update(ExampleTenant.ADMIN, user(acme.alice(), "alice.b@example.com", Optional.of("new-subject")))
                .orThrow();

        assertThat(changed.version()).isEqualTo(2);
        assertThat(store.users().get(acme.id(), changed.id())).contains(changed);
        assertThat(store.users().byEmail(acme.id(), "Alice.B@example.com")).contains(changed);
        assertThat(store.users().bySubject(acme.id(), "new-subject")).contains(changed);
        assertThat(store.users().byEmail(acme.id(), "alice@example.com")).isEmpty();
        assertThat(store.users().bySubject(acme.id(), "subject-alice")).isEmpty();
        // and what is free can be taken
        acme.user("alice", Set.of());
    }

    @Test
    void aSubjectMayComeAndGo() {
        var without = store.users()
                .update(ExampleTenant.ADMIN, user(acme.alice(), acme.alice().email(), Optional.empty()))
                .orThrow();
        assertThat(store.users().bySubject(acme.id(), "subject-alice")).isEmpty();

        var with = store.users()
                .update(ExampleTenant.ADMIN, user(without, without.email(), Optional.of("subject-alice")))
                .orThrow();
        assertThat(store.users().bySubject(acme.id(), "subject-alice")).contains(with);
    }

    @Test
    void anAddressOfAnotherUserIsTaken() {
        var refused = store.users()
                .update(
                        ExampleTenant.ADMIN,
                        user(acme.bob(), "alice@example.com", acme.bob().subject()));

        assertThat(refused).isEqualTo(new Written.Refused<>(Reason.TAKEN, "Another user has this e-mail address."));
        assertThat(store.users().get(acme.id(), acme.bob().id())).contains(acme.bob());
    }

    @Test
    void ofManyWhoWantOneAddressOneGetsIt() throws Exception {
        var wanted = new ArrayList<Callable<Written<User>>>();
        for (int i = 0; i < 12; i++) {
            int each = i;
            wanted.add(() -> store.users()
                    .create(
                            ExampleTenant.ADMIN,
                            new User(
                                    acme.id(),
                                    UserId.next(CLOCK),
                                    "wanted@example.com",
                                    Optional.of("s" + each),
                                    "w" + each,
                                    Set.of(),
                                    User.Status.ACTIVE,
                                    1)));
        }

        var results = AtOnce.run(wanted);

        assertThat(results).filteredOn(Done.class::isInstance).hasSize(1);
        assertThat(store.users().list(acme.id(), Optional.empty(), 100).items())
                .filteredOn(user -> user.email().equals("wanted@example.com"))
                .hasSize(1);
    }

    @Test
    void ofManyChangesOfOneVersionOneIsWritten() throws Exception {
        var changes = new ArrayList<Callable<Written<User>>>();
        for (int i = 0; i < 12; i++) {
            int each = i;
            changes.add(() -> store.users()
                    .update(
                            ExampleTenant.ADMIN,
                            user(
                                    acme.alice(),
                                    "alice" + each + "@example.com",
                                    acme.alice().subject())));
        }

        var results = AtOnce.run(changes);

        assertThat(results).filteredOn(Done.class::isInstance).hasSize(1);
        var now = store.users().get(acme.id(), acme.alice().id()).orElseThrow();
        assertThat(now.version()).isEqualTo(2);
        int found = 0;
        for (int i = 0; i < 12; i++) {
            found += store.users()
                            .byEmail(acme.id(), "alice" + i + "@example.com")
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertThat(found).isEqualTo(1);
    }

    @Test
    void aGroupThatIsNotThereCannotBeJoined() {
        var user = new User(
                acme.id(),
                UserId.next(CLOCK),
                "x@example.com",
                Optional.empty(),
                "x",
                Set.of("nowhere"),
                User.Status.ACTIVE,
                1);

        assertThat(store.users().create(ExampleTenant.ADMIN, user))
                .isEqualTo(new Written.Refused<>(Reason.ABSENT, "There is no group of the name nowhere."));
    }

    @Test
    void aGroupIsDeletedOnlyWhenNobodyIsInIt() {
        assertThat(store.groups().delete(ExampleTenant.ADMIN, acme.id(), "engineers"))
                .isInstanceOfSatisfying(
                        Written.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.IN_USE));
        store.groups()
                .create(ExampleTenant.ADMIN, new Group(acme.id(), GroupId.next(CLOCK), "empty", 1))
                .orThrow();

        store.groups().delete(ExampleTenant.ADMIN, acme.id(), "empty").orThrow();

        assertThat(store.groups().list(acme.id())).extracting(Group::name).containsExactly("engineers");
    }

    @Test
    void nobodyGetsIntoAGroupWhileItIsDeleted() throws Exception {
        for (int round = 0; round < 5; round++) {
            var name = "group" + round;
            store.groups()
                    .create(ExampleTenant.ADMIN, new Group(acme.id(), GroupId.next(CLOCK), name, 1))
                    .orThrow();
            var user = new User(
                    acme.id(),
                    UserId.next(CLOCK),
                    name + "@example.com",
                    Optional.empty(),
                    name,
                    Set.of(name),
                    User.Status.ACTIVE,
                    1);

            AtOnce.run(List.<Callable<Written<?>>>of(
                    () -> store.groups().delete(ExampleTenant.ADMIN, acme.id(), name),
                    () -> store.users().create(ExampleTenant.ADMIN, user)));

            boolean inGroup = store.users().get(acme.id(), user.id()).isPresent();
            assertThat(store.groups().get(acme.id(), name).isPresent())
                    .as("the group is there exactly when somebody is in it, round %d", round)
                    .isEqualTo(inGroup);
        }
    }

    @Test
    void aDeletedUserIsNowhere() {
        store.users().delete(ExampleTenant.ADMIN, acme.id(), acme.alice().id()).orThrow();

        assertThat(store.users().get(acme.id(), acme.alice().id())).isEmpty();
        assertThat(store.users().byEmail(acme.id(), "alice@example.com")).isEmpty();
        assertThat(store.users().bySubject(acme.id(), "subject-alice")).isEmpty();
        assertThat(store.users()
                        .delete(ExampleTenant.ADMIN, acme.id(), acme.alice().id()))
                .isEqualTo(new Written.Refused<>(Reason.ABSENT, "There is no such user."));
    }

    @Test
    void theAuditLogSaysWhatStoodThere() {
        var alice = acme.alice();
        var moved = new User(
                alice.tenant(),
                alice.id(),
                "moved@example.com",
                Optional.empty(),
                alice.name(),
                Set.of(),
                alice.status(),
                alice.version());
        var after = store.users().update(ExampleTenant.ADMIN, moved).orThrow();
        store.users().delete(ExampleTenant.ADMIN, after).orThrow();

        var entries = store.auditLog()
                .list(acme.id(), Instant.EPOCH, Instant.now().plusSeconds(60), Optional.empty(), 2)
                .items();
        var deleted = entries.get(0);
        assertThat(deleted.action()).isEqualTo("user.deleted");
        assertThat(deleted.details())
                .containsEntry("before.email", "moved@example.com")
                .containsEntry("before.groups", "");
        var updated = entries.get(1);
        assertThat(updated.action()).isEqualTo("user.updated");
        assertThat(updated.details())
                .containsEntry("before.email", "alice@example.com")
                .containsEntry("email", "moved@example.com")
                .containsEntry("before.subject", "subject-alice")
                .containsEntry("before.groups", String.join(",", alice.groups()))
                .doesNotContainKeys("before.name", "before.status", "before.pk");
    }

    @Test
    void listsComeInPages() {
        for (int i = 0; i < 8; i++) {
            acme.user("user" + i, Set.of());
        }

        var seen = new HashSet<UserId>();
        Optional<String> cursor = Optional.empty();
        int pages = 0;
        do {
            var page = store.users().list(acme.id(), cursor, 4);
            page.items().forEach(user -> assertThat(seen.add(user.id())).isTrue());
            cursor = page.cursor();
            pages++;
        } while (cursor.isPresent());

        assertThat(seen).hasSize(10);
        assertThat(pages).isBetween(3, 4);
        assertThatThrownBy(() -> store.users().list(acme.id(), Optional.of("TENANT"), 4))
                .isInstanceOf(BadCursor.class);
    }

    private static User user(User user, String email, Optional<String> subject) {
        return new User(
                user.tenant(), user.id(), email, subject, user.name(), user.groups(), user.status(), user.version());
    }
}
