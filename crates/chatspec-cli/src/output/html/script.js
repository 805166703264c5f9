(() => {
  'use strict';
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = document.querySelector('.controls');
  const find = document.getElementById('find');
  const topic = document.getElementById('topic');
  const found = document.getElementById('found');
  const items = all('.rule, .case').map(item => ({ item, text: '', ...item.dataset }));
  const groups = all('.topic, section.cases').map(group => ({ group, open: group.open }));
  const chosen = name => new Set(all(`input[name=${name}]:checked`).map(box => box.value));

  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = chosen('verdict');
    const profiles = chosen('profile');
    const asked = words.length || verdicts.size || profiles.size || topic.value;
    let shown = 0;
    for (const entry of items) {
      entry.text ||= entry.item.textContent.toLowerCase();
      const fits = words.every(word => entry.text.includes(word))
        && (!verdicts.size || verdicts.has(entry.verdict))
        && (!profiles.size || !entry.profile || profiles.has(entry.profile))
        && (!topic.value || entry.topic === topic.value);
      entry.item.hidden = !fits;
      shown += fits;
    }
    for (const { group, open } of groups) {
      group.hidden = !group.querySelector('.rule:not([hidden]), .case:not([hidden])');
      if ('open' in group) group.open = asked ? true : open;
    }
    found.value = asked ? `${shown} shown` : '';
  };

  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', event => event.preventDefault());
  apply();
})();
