(function(f){if(!f)return;
// Conditional cards; the server decides again.
function look(){f.querySelectorAll("[data-if]").forEach(function(c){
var on=[].some.call(f.querySelectorAll('[name="'+c.dataset.if+'"]:checked'),function(i){return c.dataset.in.split(" ").indexOf(i.value)>=0});
c.hidden=!on})}
f.addEventListener("change",look);look();
// A second press sends nothing.
var sent=false;f.addEventListener("submit",function(e){if(sent)e.preventDefault();sent=true});
window.addEventListener("pageshow",function(){sent=false})
})(document.getElementById("phieu"));
