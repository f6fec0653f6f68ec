// Makes a slider over each card's pictures: two of them one upon the other, cut where the slider stands.
const pairs = document.querySelector('.pairs');
for (const card of document.querySelectorAll('.card')) addSlider(card);
if (pairs) {
  pairs.hidden = false;
  pairs.addEventListener('change', () => document.dispatchEvent(new CustomEvent('pair')));
}

function addSlider(card) {
  const stage = makeStage();
  const slider = Object.assign(document.createElement('input'), { type: 'range', min: 0, max: 100, step: 1 });
  const compare = element('div', 'compare', stage.root, slider);
  slider.value = '50';
  slider.addEventListener('input', () => stage.cut(`${slider.value}%`));
  const show = () => {
    const [left, right] = stage.show(card);
    slider.setAttribute(
      'aria-label',
      `${card.dataset.name}: ${left} to the left of the line, ${right} to the right`,
    );
  };
  document.addEventListener('pair', show);
  show();
  card.querySelector('.strip').before(compare);
}

/** Two pictures of a card, the second one cut off to the left of a line. */
function makeStage() {
  const before = element('img', 'before');
  const after = element('img', 'after');
  const sides = [element('span', 'side left'), element('span', 'side right')];
  const root = element('div', 'stage', before, after, element('div', 'line'), ...sides);
  before.alt = after.alt = '';
  before.draggable = after.draggable = false;
  return {
    root,
    before,
    cut: (place) => root.style.setProperty('--cut', place),
    /** Takes the pair that is chosen; tells its labels. */
    show(card) {
      const views = pairs.querySelector('input:checked').value.split(' ');
      const images = views.map((view) => card.querySelector(`[data-view="${view}"]`));
      const labels = images.map((image) => image.nextElementSibling.textContent);
      [before.src, after.src] = images.map((image) => image.src);
      sides.forEach((side, index) => (side.textContent = labels[index]));
      return labels;
    },
  };
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}
