import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Reads the records of topics in Confluent's wire format with Apache Avro:
 * each with the schema that the registry has under its id. Arguments: brokers,
 * URL of the registry, topics. Prints a line for each record: topic, id of the
 * key's schema, key, id of the value's schema, value, with tabs between them.
 */
public class AvroReader {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, Schema> SCHEMAS = new HashMap<>();

    public static void main(String[] args) throws Exception {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", args[0]);
        config.put("key.deserializer", ByteArrayDeserializer.class);
        config.put("value.deserializer", ByteArrayDeserializer.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config)) {
            for (String topic : List.of(args).subList(2, args.length)) {
                read(consumer, args[1], topic);
            }
        }
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, String registry, String topic) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                System.out.println(topic + "\t" + decode(registry, record.key()) + "\t" + decode(registry, record.value()));
            }
        }
    }

    private static String decode(String registry, byte[] bytes) throws Exception {
        if (bytes == null) {
            return "-\tnull";
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        if (head.get() != 0) {
            return "-\t" + new String(bytes, StandardCharsets.UTF_8);
        }
        int id = head.getInt();
        BinaryDecoder body = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null);
        Object datum = new GenericDatumReader<>(schema(registry, id)).read(null, body);
        if (!body.isEnd()) {
            throw new IllegalStateException("bytes are left behind the record");
        }
        return id + "\t" + datum;
    }

    private static Schema schema(String registry, int id) throws Exception {
        if (!SCHEMAS.containsKey(id)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
            String answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
            SCHEMAS.put(id, new Schema.Parser().parse(JSON.readTree(answer).get("schema").asText()));
        }
        return SCHEMAS.get(id);
    }
}
