package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  private record Point(int y, double x, List<String> names) {}

  @Test
  void readableFormIsStable() {
    assertThat(Json.text(new Point(1, 0.5, List.of("ä", "b"))))
        .isEqualTo("{\n  \"y\": 1,\n  \"x\": 0.5,\n  \"names\": [\n    \"ä\",\n    \"b\"\n  ]\n}\n");
    Map<String, Integer> map = new LinkedHashMap<>();
    map.put("b", 1);
    map.put("a", 2);
    assertThat(Json.text(map)).isEqualTo("{\n  \"b\": 1,\n  \"a\": 2\n}\n");
  }

  @Test
  void canonicalFormIsSorted() {
    assertThat(new String(Json.canonical(new Point(1, 0.5, List.of()))))
        .isEqualTo("{\"names\":[],\"x\":0.5,\"y\":1}");
  }
}
