package dev.sallyport.agent.process;

import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.link.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A program whose input begins with the command as its first line, and then ends or goes on with the user's.
final class CommandFirst implements Target {

    private final Target target;
    private final boolean follow;
    private final CountDownLatch written = new CountDownLatch(1);

    CommandFirst(Target target, byte[] command, boolean follow) {
        this.target = target;
        this.follow = follow;
        Thread.ofVirtual().name("command").start(() -> type(command));
    }

    private void type(byte[] command) {
        try {
            var line = Arrays.copyOf(command, command.length + 1);
            line[command.length] = '\n';
            target.write(line);
            if (!follow) {
                target.endInput();
            }
        } catch (IOException e) {
            target.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            written.countDown();
        }
    }

    @Override
    public boolean forwards() {
        return target.forwards();
    }

    @Override
    public Output output() {
        return target.output();
    }

    @Override
    public Optional<Output> errors() {
        return target.errors();
    }

    @Override
    public boolean write(byte[] bytes) throws IOException, InterruptedException {
        if (!follow) {
            return false;
        }
        written.await();
        return target.write(bytes);
    }

    @Override
    public void endInput() throws IOException, InterruptedException {
        if (follow) {
            written.await();
            target.endInput();
        }
    }

    @Override
    public void resize(Message.Resize size) {
        target.resize(size);
    }

    @Override
    public void signal(String name) {
        target.signal(name);
    }

    @Override
    public Message.Exit exit() throws InterruptedException {
        return target.exit();
    }

    @Override
    public void kill() {
        target.kill();
    }

    @Override
    public void close() {
        target.close();
    }
}
