import { useData } from 'vitepress';
import { defineComponent, h, onMounted, ref, useId, watch } from 'vue';

/** A figure that a page describes in Mermaid's language, drawn in the page's colours. */
export const Figure = defineComponent({
  props: {
    /** The description, with its characters encoded as in an address. */
    text: { type: String, required: true },
  },
  setup(props) {
    const { isDark } = useData();
    const [id, drawing] = [useId(), ref('')];
    async function draw(): Promise<void> {
      const { default: mermaid } = await import('mermaid');
      mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme: isDark.value ? 'dark' : 'neutral' });
      drawing.value = (await mermaid.render(`figure-${id}`, decodeURIComponent(props.text))).svg;
    }
    onMounted(draw);
    watch(isDark, draw);
    return () => h('figure', { innerHTML: drawing.value });
  },
});
