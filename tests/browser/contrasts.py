"""Contrast of texts with what they stand on, as WCAG measures it, of all that a page shows."""

LEAST = 4.5
_MEASURE = """([least, within]) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const pixel = colours => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = element => {
    const found = [];
    for (let one = element; one; one = one.parentElement) found.unshift(getComputedStyle(one).backgroundColor);
    return ['#fff', ...found];
  };
  const low = new Map();
  const walker = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    const isOff = element.closest(':disabled, [aria-hidden=true], option, script, style, svg, .jp-mlops-none') !== null;
    if (text === '' || isOff || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const ground = grounds(element);
    const [a, b] = [light(pixel(ground)), light(pixel([...ground, style.color]))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least) low.set(`${element.className} ${text.slice(0, 40)}`, contrast.toFixed(2));
  }
  return [...low].map(([what, contrast]) => `${contrast} ${what}`);
}"""


def low_contrasts(page, within="body"):
    """Texts within an element that stand out less than `LEAST` from their ground; what is switched off need not."""
    return page.evaluate(_MEASURE, [LEAST, within])
