package dev.sallyport.edge.agents;

import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnknownFieldSet;
import dev.sallyport.proto.v1.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What an agent and an edge of an older version said to each other: recorded by `WireRecordingTest`, and never
/// changed.
/// The agent's and the edge's tests have this class each.
record RecordedFrames(List<String> lines) {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", "."), "../proto/src/test/resources");

    /// @param version of the wire
    static RecordedFrames of(int version) throws IOException {
        return new RecordedFrames(Files.readAllLines(FOLDER.resolve("wire-" + version + "/session.frames")));
    }

    /// The messages of one call in one direction, in order.
    <T> List<T> of(String method, int call, String direction, Parser<T> parser) throws InvalidProtocolBufferException {
        var head = method + " " + call + " " + direction + " ";
        var messages = new ArrayList<T>();
        for (var line : lines) {
            if (line.startsWith(head)) {
                messages.add(parser.parseFrom(Base64.getDecoder().decode(line.substring(head.length()))));
            }
        }
        return messages;
    }

    List<Frame> carried(int call, String direction) throws InvalidProtocolBufferException {
        return of("Carry", call, direction, Frame.parser());
    }

    /// The same message as a later version may write it: with a field more, here and in all that it holds.
    @SuppressWarnings("unchecked")
    static <T extends Message> T newer(T message) {
        var builder = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == JavaType.MESSAGE && !field.isRepeated()) {
                builder.setField(field, newer((Message) value));
            }
        });
        return (T) builder.setUnknownFields(unknown()).build();
    }

    /// A field that this version does not know.
    static UnknownFieldSet unknown() {
        return UnknownFieldSet.newBuilder()
                .addField(9_000, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
    }
}
